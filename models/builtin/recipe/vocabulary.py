"""The world the model knows: colours, shapes, places and printed words, in English and Chinese."""

from __future__ import annotations

import itertools
import random
import zlib

RGB = tuple[int, int, int]

COLORS: dict[str, tuple[RGB, ...]] = {
    "red": ((220, 30, 30), (255, 0, 0), (200, 20, 40), (235, 50, 45), (231, 76, 60), (190, 30, 30)),
    "green": (
        (30, 150, 50),
        (0, 128, 0),
        (0, 200, 0),
        (40, 170, 80),
        (60, 180, 75),
        (46, 204, 113),
        (76, 175, 80),
        (0, 100, 0),
    ),
    "blue": (
        (30, 70, 220),
        (0, 0, 255),
        (30, 110, 220),
        (20, 40, 160),
        (52, 152, 219),
        (33, 120, 240),
        (31, 119, 180),
        (0, 0, 128),
    ),
    "yellow": ((245, 215, 20), (255, 255, 0), (255, 225, 25), (250, 220, 40), (255, 235, 59)),
    "orange": ((250, 140, 10), (255, 165, 0), (245, 130, 48), (230, 126, 34), (255, 127, 14)),
    "purple": ((130, 40, 170), (128, 0, 128), (145, 60, 200), (155, 89, 182), (148, 103, 189)),
    "black": ((15, 15, 15), (0, 0, 0), (35, 35, 35)),
    "pink": ((255, 130, 190), (255, 192, 203), (255, 105, 180), (227, 119, 194)),
}
COLORS_ZH = {
    "red": "红色",
    "green": "绿色",
    "blue": "蓝色",
    "yellow": "黄色",
    "orange": "橙色",
    "purple": "紫色",
    "black": "黑色",
    "pink": "粉色",
}
SHAPES = ("circle", "square", "triangle", "star")
SHAPES_ZH = {"circle": "圆形", "square": "正方形", "triangle": "三角形", "star": "星形"}

PLACES = (
    ("at the top left", "at the top", "at the top right"),
    ("on the left", "in the center", "on the right"),
    ("at the bottom left", "at the bottom", "at the bottom right"),
)
PLACES_ZH = (
    ("左上角", "上方", "右上角"),
    ("左侧", "中间", "右侧"),
    ("左下角", "下方", "右下角"),
)
NUMBERS_ZH = ("零", "一", "两", "三", "四", "五", "六", "七", "八")
ORDINALS = ("first", "second", "third")
ORDINALS_ZH = ("一", "二", "三")
MOST_SHAPES = 6

PRINTED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:$-%¥€£,/!&'abcdefghijklmnopqrstuvwxyz"
UPPER = PRINTED[:26]
DIGITS = PRINTED[26:36]

WORDS = tuple(
    (  # noqa: SIM905 - two hundred words in quotes are harder to read
        "HELLO OPEN EXIT STOP SALE TAXI HOTEL CAFE BANK BOOK MUSIC WATER GREEN LIGHT HOUSE APPLE "
        "TRAIN PHONE PAPER MOUSE RIVER STONE CLOUD NIGHT DREAM POWER SPEED GREAT QUICK BROWN "
        "JUMPS LAZY FOX DOG CAT SUN MOON STAR FIRE WOOD LAKE CITY ROAD PARK SHOP FOOD MENU PIZZA "
        "BREAD MILK SUGAR SALT LEMON MANGO KIWI GRAPE WELCOME CLOSED ENTER PUSH PULL DANGER "
        "WARNING FREE PARKING OFFICE SCHOOL GATE FLOOR LEVEL ROOM EAST WEST NORTH SOUTH LEFT "
        "RIGHT START FINISH GAME OVER WORLD PEACE LOVE HAPPY SMILE TODAY MONDAY FRIDAY JUNE MARCH "
        "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN PYTHON LINUX VISION MODEL GARDEN "
        "WINDOW BRIDGE SUMMER WINTER ORANGE YELLOW PURPLE SILVER DOCTOR TICKET POLICE MARKET "
        "BAKERY COFFEE TOILET STATION AIRPORT LIBRARY CINEMA MUSEUM THEATRE KITCHEN TEA BUS KEY "
        "MAP RED BLUE PINK BLACK WHITE TABLE CHAIR TIGER HORSE SHEEP OCEAN BEACH ISLAND FOREST "
        "DESERT VALLEY FLOWER BUTTER CHEESE TOMATO POTATO CARROT ONION BANANA CHERRY PEACH "
    ).split()
)

GOODS = tuple(
    (  # noqa: SIM905 - as above
        "MILK BREAD EGGS TEA COFFEE RICE SOAP APPLE CAKE FISH JUICE SALT SUGAR BEEF PASTA HONEY "
        "WATER CHIPS NUTS PEAR LEMON BEER WINE CORN PEN BOOK CUP LAMP HAM JAM PIE SOUP BACON PLUM "
        "MELON TOAST SALAD "
    ).split()
)


def seeded(*parts: object) -> random.Random:
    """A generator that gives the same numbers for the same parts, whatever the process."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - drawings, not secrets


def is_held_out(text: str, one_in: int = 10) -> bool:
    """Whether this text (a word, or the contents of a picture) is kept for evaluation only."""
    return zlib.crc32(text.upper().encode()) % one_in == 0


def _syllables(rng: random.Random, length: int) -> str:
    start_with_vowel = rng.random() < 0.3
    pools = ("AEIOU", "BCDFGHJKLMNPRSTVWYZ")
    return "".join(rng.choice(pools[(i + (not start_with_vowel)) % 2]) for i in range(length))


def printed_word(rng: random.Random, longest: int = 8, *, held_out: bool = False) -> str:
    """A word, pseudo-word, number, price or code; held-out ones never come without the flag."""
    while True:
        kind = rng.random()
        length = rng.randint(2, max(2, longest))
        if kind < 0.28:
            text = rng.choice(WORDS)
        elif kind < 0.46:
            text = _syllables(rng, max(3, length))
        elif kind < 0.60:
            text = "".join(rng.choice(UPPER) for _ in range(min(length, 7)))
        elif kind < 0.70:
            text = "".join(rng.choice(DIGITS) for _ in range(min(length, 6)))
        elif kind < 0.94:
            cents = rng.randint(5, 99999 if rng.random() < 0.3 else 2999)
            text = rng.choice(("", "", "$", "$", "¥", "€", "£")) + money(cents)
        else:
            text = "".join(rng.choice(UPPER + DIGITS) for _ in range(min(length, 6)))
        if text.isalpha() and rng.random() < 0.12:
            text = text.capitalize() if rng.random() < 0.6 else text.lower()
        if len(text) <= longest and is_held_out(text) == held_out:
            return text


def sort_of_print(text: str) -> str:
    """`word` (of the list, or one that can be spoken), `price`, `number` or `code`."""
    if text.isdigit():
        return "number"
    if text.lstrip("$¥€£").replace(".", "").isdigit():
        return "price"
    vowels = [char in "AEIOU" for char in text.upper()]
    spoken = all(first != second for first, second in itertools.pairwise(vowels))
    return "word" if text.upper() in WORDS or (text.isalpha() and spoken) else "code"


def word(rng: random.Random, longest: int = 8, *, held_out: bool = False) -> str:
    """A word or pseudo-word."""
    while True:
        text = printed_word(rng, longest, held_out=held_out)
        if sort_of_print(text) == "word":
            return text


def price(rng: random.Random, *, held_out: bool = False) -> str:
    """A price, with or without a sign."""
    while True:
        text = printed_word(rng, held_out=held_out)
        if sort_of_print(text) == "price":
            return text


def money(cents: int) -> str:
    """`1250` as `12.50`."""
    return f"{cents // 100}.{cents % 100:02d}"
