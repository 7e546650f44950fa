"""What is said of pictures before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image

from desktop.core.cost import Remedy
from desktop.core.types import ImageAttachment, PictureBudget, PictureLimits, PictureOrigin, Region
from desktop.gui.chip_strip import ChipStrip
from desktop.gui.pending import PendingPicture, PendingState
from desktop.gui.preflight import AdviceKind, Preflight, Seeing
from desktop.gui.speeds import SpeedBook
from desktop.gui.thumbnails import ThumbnailCache
from desktop.intake.improve import Fault
from tests.intake.pages import printed, scene

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SEEING = Seeing(PictureBudget.NORMAL, PictureLimits(), "m", 8192)


class Pages:
    """Page pictures on the disk, as items of a draft."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def add(
        self,
        page: Image.Image,
        name: str = "page.png",
        origin: PictureOrigin | None = None,
        scale: float = 1.0,
    ) -> PendingPicture:
        """`scale`: how much larger the original is than its page."""
        self.count += 1
        path = self.folder / f"{self.count}.png"
        page.save(path)
        size = round(page.width * scale), round(page.height * scale)
        attachment = ImageAttachment(
            f"{self.count:064x}", "image/png", *size, 0, path, name, origin=origin
        )
        return PendingPicture(self.count, name, PendingState.READY, attachment=attachment)

    def small_print(self, name: str = "receipt.png") -> PendingPicture:
        return self.add(printed(14, (1200, 1600), lines=20), name)

    def photo(self, name: str = "photo.png") -> PendingPicture:
        return self.add(scene((640, 480)), name)

    def tilted(self, origin: PictureOrigin | None = None) -> PendingPicture:
        page = printed(26, (700, 700), tilt=4).point(lambda value: int(value * 0.4))
        return self.add(page, "tilted.png", origin)


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(tmp_path)


def looked_at(qtbot: QtBot, *items: PendingPicture) -> Preflight:
    preflight = Preflight()
    pictures = [item.attachment for item in items if item.attachment]
    preflight.want(pictures)
    qtbot.waitUntil(lambda: all(preflight.look_of(picture) for picture in pictures), timeout=20_000)
    return preflight


def test_that_a_page_that_was_not_looked_at_yet_has_its_cost_already(pages: Pages) -> None:
    item = pages.small_print()
    assert item.attachment is not None
    check = Preflight().check(item.attachment, SEEING)
    assert check.cost.tokens > 0
    assert (check.remedy, check.faults, check.letters_px) == (None, (), None)


def test_that_small_print_that_would_be_lost_comes_with_its_remedy(
    qtbot: QtBot, pages: Pages
) -> None:
    item = pages.small_print()
    preflight = looked_at(qtbot, item)
    advice = preflight.advice([item], SEEING)
    assert advice is not None
    assert (advice.kind, advice.key) == (AdviceKind.SMALL_PRINT, item.key)
    assert advice.check is not None
    assert advice.check.remedy is Remedy.CLOSER
    closer = Seeing(PictureBudget.DETAIL, PictureLimits(), "m", 8192)
    assert preflight.advice([item], closer) is None


def test_that_a_photo_has_nothing_to_lose(qtbot: QtBot, pages: Pages) -> None:
    item = pages.photo()
    assert looked_at(qtbot, item).advice([item], SEEING) is None


def test_that_others_with_the_same_trouble_are_counted(qtbot: QtBot, pages: Pages) -> None:
    items = [pages.photo(), pages.small_print("a.png"), pages.small_print("b.png")]
    advice = looked_at(qtbot, *items).advice(items, SEEING)
    assert advice is not None
    assert (advice.name, advice.others) == ("a.png", 1)


def test_that_a_bad_picture_is_named_with_its_faults(qtbot: QtBot, pages: Pages) -> None:
    item = pages.tilted()
    advice = looked_at(qtbot, item).advice([item], SEEING)
    assert advice is not None
    assert advice.kind is AdviceKind.FAULTS
    assert advice.check is not None
    assert advice.check.faults == (Fault.DIM, Fault.SKEWED)


def test_that_an_improved_picture_is_not_called_bad_again(qtbot: QtBot, pages: Pages) -> None:
    item = pages.tilted(PictureOrigin("0" * 64, 0, is_improved=True))
    assert looked_at(qtbot, item).advice([item], SEEING) is None


def test_that_more_than_the_context_holds_is_said_before_all_else(
    qtbot: QtBot, pages: Pages
) -> None:
    item = pages.small_print()
    narrow = Seeing(PictureBudget.NORMAL, PictureLimits(), "m", 1200)
    advice = looked_at(qtbot, item).advice([item], narrow)
    assert advice is not None
    assert (advice.kind, advice.room) == (AdviceKind.TOO_MUCH, 1200 - 512)


def test_that_what_is_no_longer_wanted_is_not_looked_at(qtbot: QtBot, pages: Pages) -> None:
    first, second, third = pages.photo(), pages.photo(), pages.photo()
    assert first.attachment is not None
    assert second.attachment is not None
    assert third.attachment is not None
    preflight = Preflight()
    preflight.want([first.attachment, second.attachment])
    with qtbot.waitSignals([preflight.changed, preflight.changed], timeout=20_000):
        preflight.want([third.attachment])
    assert preflight.look_of(second.attachment) is None
    assert preflight.look_of(third.attachment) is not None


def test_that_a_page_that_is_gone_is_no_trouble_here(qtbot: QtBot, tmp_path: Path) -> None:
    gone = ImageAttachment("0" * 64, "image/png", 10, 10, 0, tmp_path / "gone.png", "gone.png")
    preflight = Preflight()
    with qtbot.waitSignal(preflight.changed, timeout=20_000):
        preflight.want([gone])
    assert preflight.check(gone, SEEING).faults == ()


# --- in the strip ---------------------------------------------------------------------------------


def strip_of(qtbot: QtBot, *items: PendingPicture, context: int | None = 8192) -> ChipStrip:
    strip = ChipStrip(ThumbnailCache(), lambda sha256, page: items[0].attachment.path)  # type: ignore[union-attr]
    qtbot.addWidget(strip)
    strip.resize(728, 60)
    strip.set_model("m", context)
    strip.show_items(items, PictureBudget.NORMAL, PictureLimits())
    return strip


def wait_for_text(qtbot: QtBot, strip: ChipStrip) -> str:
    qtbot.waitUntil(lambda: bool(strip.line.text), timeout=20_000)
    return strip.line.text


def test_that_a_warning_offers_to_look_closer_at_one_click(qtbot: QtBot, pages: Pages) -> None:
    strip = strip_of(qtbot, pages.small_print())
    assert wait_for_text(qtbot, strip).startswith("Small print in receipt.png will be lost")
    assert not strip.line.closer_button.isHidden()
    with qtbot.waitSignal(strip.budget_requested) as caught:
        strip.line.closer_button.click()
    assert caught.args == [PictureBudget.DETAIL]


def test_that_a_region_can_be_chosen_instead(qtbot: QtBot, pages: Pages) -> None:
    item = pages.add(printed(10, (1500, 2000), lines=12), scale=2.0)
    strip = strip_of(qtbot, item)
    wait_for_text(qtbot, strip)
    assert strip.line.closer_button.isHidden()
    with qtbot.waitSignal(strip.region_requested) as caught:
        strip.line.region_button.click()
    assert caught.args == [item.key]


def test_that_a_bad_picture_can_be_improved_at_one_click(qtbot: QtBot, pages: Pages) -> None:
    item = pages.tilted()
    strip = strip_of(qtbot, item)
    assert wait_for_text(qtbot, strip) == "tilted.png is dim and tilted."
    with qtbot.waitSignal(strip.improve_requested) as caught:
        strip.line.improve_button.click()
    assert caught.args == [item.key]


def test_that_too_many_tokens_can_be_looked_at_less_closely(qtbot: QtBot, pages: Pages) -> None:
    strip = strip_of(qtbot, pages.small_print(), context=1200)
    assert "room for 688" in strip.line.text
    with qtbot.waitSignal(strip.budget_requested) as caught:
        strip.line.less_button.click()
    assert caught.args == [PictureBudget.FAST]


def test_that_several_pictures_are_summed_up_against_the_context(
    qtbot: QtBot, pages: Pages
) -> None:
    strip = strip_of(qtbot, pages.photo(), pages.photo())
    assert strip.line.total == "600 of 8192 tokens"
    assert strip.height() >= strip.line.geometry().bottom()


def test_that_one_good_picture_needs_no_line(qtbot: QtBot, pages: Pages) -> None:
    strip = strip_of(qtbot, pages.photo())
    assert strip.line.isHidden()
    assert strip.height() == strip.chips[0].geometry().bottom() + 1


def test_that_hovering_tells_what_it_costs_on_this_machine(qtbot: QtBot, pages: Pages) -> None:
    item = pages.add(printed(26, (900, 1200)), scale=2.0)
    strip = strip_of(qtbot, item)
    (chip,) = strip.chips
    assert "1800 × 2400 px, shown to the model at 896 × 1152 px" in chip.toolTip()
    assert "Takes 1008 of the model's 8192 tokens" in chip.toolTip()
    assert "not measured yet" in chip.toolTip()
    book = SpeedBook()
    strip.preflight.set_speeds(book)
    book.note("m", [1008], 6.0, 350_000_000)
    assert "About 6 seconds to look at on this computer" in chip.toolTip()
    assert "About 350 MB of memory" in chip.toolTip()


def test_that_nothing_is_looked_at_while_others_still_come_in(qtbot: QtBot, pages: Pages) -> None:
    item = pages.small_print()
    coming = PendingPicture(99, "b.png", PendingState.IMPORTING)
    strip = strip_of(qtbot, item, coming)
    assert item.attachment is not None
    qtbot.wait(50)
    assert strip.preflight.look_of(item.attachment) is None
    with qtbot.waitSignal(strip.preflight.changed, timeout=20_000):
        strip.show_items([item], PictureBudget.NORMAL, PictureLimits())


def test_that_small_print_on_a_page_of_a_document_is_warned_of_too(
    qtbot: QtBot, pages: Pages
) -> None:
    strip = strip_of(qtbot, pages.photo())
    strip.show_items([], PictureBudget.NORMAL, PictureLimits())
    assert strip.isHidden()
    page = pages.small_print("report.pdf").attachment
    assert page is not None
    page = replace(page, page=0, page_count=40)
    strip.set_pages([page])
    assert wait_for_text(qtbot, strip).startswith("Small print in report.pdf, p. 1, will be lost")
    assert not strip.isHidden()
    with qtbot.waitSignal(strip.page_region_requested) as caught:
        strip.line.region_button.click()
    assert caught.args == [page]
    strip.set_pages([])
    assert strip.isHidden()


# --- what a chip can do ---------------------------------------------------------------------------


def test_that_regions_and_improved_pictures_say_so(qtbot: QtBot, pages: Pages) -> None:
    page = Image.new("RGB", (64, 64), "white")
    crop = pages.add(page, origin=PictureOrigin("0" * 64, 0, Region(0, 0, 9, 9)))
    better = pages.add(page, origin=PictureOrigin("0" * 64, 0, is_improved=True))
    plain = pages.add(page)
    strip = strip_of(qtbot, crop, better, plain)
    texts = [chip.accessibleDescription() for chip in strip.chips]
    assert "region" in texts[0]
    assert "the original is kept" in texts[1]
    assert texts[2] == "96 × 96 px · 9 tk"


def test_that_an_improved_picture_offers_its_original(qtbot: QtBot, pages: Pages) -> None:
    page = Image.new("RGB", (64, 64), "white")
    plain = pages.add(page)
    origin = PictureOrigin("0" * 64, 0, is_improved=True)
    better = replace(pages.add(page, origin=origin), before=plain.attachment)
    strip = strip_of(qtbot, better, plain, pages.add(page, origin=origin))
    names = [[a.text() for a in chip.make_menu().actions() if a.text()] for chip in strip.chips]
    assert names[0] == ["Open", "Choose a region…", "Put the original back", "Remove"]
    assert names[1] == ["Open", "Choose a region…", "Improve…", "Remove"]
    assert names[2] == ["Open", "Choose a region…", "Remove"]  # of an older question
    with qtbot.waitSignal(strip.restore_requested) as caught:
        strip.chips[0].make_menu().actions()[2].trigger()
    assert caught.args == [better.key]
