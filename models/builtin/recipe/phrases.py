"""How questions are put, by task and language. `{s}` is a thing in English, `{z}` in Chinese."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

QUESTIONS: dict[tuple[str, Language], tuple[str, ...]] = {
    ("describe", "en"): (
        "Describe this image.",
        "Describe this image.",
        "Describe the image.",
        "What is in this image?",
        "What do you see?",
        "Please describe this picture.",
        "What is in the picture?",
    ),
    ("describe", "zh"): (
        "请用中文描述这张图片",
        "请用中文描述这张图片。",
        "描述这张图片。",
        "图片里有什么？",
        "你看到了什么？",
        "这张图片里有什么？",
    ),
    ("color", "en"): (
        "What colour is the {s}?",
        "What color is the {s}?",
        "Which colour does the {s} have?",
    ),
    ("color", "zh"): ("{z}是什么颜色？", "{z}是什么颜色的？", "请问{z}的颜色是什么？"),
    ("shape", "en"): ("What shape is {s}?", "Which shape is {s}?", "What is the {s} shape?"),
    ("shape", "zh"): ("{z}的图形是什么形状？", "{z}的是什么图形？"),
    ("count", "en"): (
        "How many shapes are there?",
        "How many shapes are in the image?",
        "Count the shapes.",
    ),
    ("count", "zh"): ("图中有几个图形？", "一共有多少个图形？", "图片里有几个图形？"),
    ("countk", "en"): ("How many {s} are there?", "How many {s} are in the image?"),
    ("countk", "zh"): ("图中有几个{z}？", "有多少个{z}？", "图片里有几个{z}？"),
    ("yesno", "en"): ("Is there a {s}?", "Is there a {s} in the image?", "Do you see a {s}?"),
    ("yesno", "zh"): ("图中有{z}吗？", "有没有{z}？", "图片里有{z}吗？"),
    ("where", "en"): ("Where is the {s}?", "Where is the {s} in the image?"),
    ("where", "zh"): ("{z}在哪里？", "{z}在图片的什么位置？", "{z}在什么位置？"),
    ("box", "en"): (
        "Give the bounding box of the {s}.",
        "Locate the {s}, output its bbox in JSON.",
        "Detect the {s} and return the bounding box.",
    ),
    ("box", "zh"): ("请给出{z}的边界框。", "定位{z}，以JSON格式输出边界框。"),
    ("text", "en"): (
        "What text is written in the image?",
        "What does the text say?",
        "Read the text.",
        "What word is written in the image?",
        "What does it say?",
    ),
    ("text", "zh"): ("图片中写了什么文字？", "请读出图中的文字。", "图中的文字是什么？"),
    ("total", "en"): (
        "What is the total?",
        "How much is the total?",
        "What is the total amount on this receipt?",
    ),
    ("total", "zh"): ("总计是多少？", "总金额是多少？", "合计多少钱？"),
    ("price", "en"): ("How much is the {s}?", "What is the price of {s}?"),
    ("price", "zh"): ("{z}多少钱？", "{z}的价格是多少？"),
    ("items", "en"): ("How many items are on the receipt?", "How many items were bought?"),
    ("items", "zh"): ("小票上有几件商品？", "一共买了几件商品？"),
    ("json", "en"): (
        "Return a JSON object with the fields {f}.",
        "Answer in JSON with the fields {f}.",
        "Describe this image as JSON: {f}.",
    ),
    ("json", "zh"): ("以JSON格式输出{f}。", "请给出JSON：{f}。"),
    ("which", "en"): (
        "Which image has a {s}?",
        "Which image contains a {s}?",
        "Which picture shows a {s}?",
        "Which picture has a {s}?",
    ),
    ("which", "zh"): ("哪张图片里有{z}？", "哪张图中有{z}？"),
    ("multi_count", "en"): ("How many shapes are in the {s} image?",),
    ("multi_count", "zh"): ("第{z}张图中有几个图形？", "第{z}张图片里有几个图形？"),
    ("multi_desc", "en"): ("Describe the {s} image.", "What is in the {s} image?"),
    ("multi_desc", "zh"): ("描述第{z}张图片。", "第{z}张图片里有什么？"),
    ("all", "en"): (
        "Describe this image.",
        "Describe the images.",
        "Describe these images.",
        "Describe the pictures.",
        "Describe these pictures.",
        "What is in these images?",
        "What do you see?",
        "What is in the pictures?",
    ),
    ("all", "zh"): (
        "请用中文描述这张图片",
        "请用中文描述这些图片",
        "描述这些图片。",
        "请描述这些图片。",
        "这些图片里有什么？",
        "图片里有什么？",
        "你看到了什么？",
    ),
    ("and_color", "en"): ("And the {s}?", "What about the {s}?"),
    ("and_color", "zh"): ("{z}呢？", "还有{z}呢？"),
}

# How a side is said, in English and in Chinese.
SIDES = {
    "left": ("to the left of", "左侧"),
    "right": ("to the right of", "右侧"),
    "above": ("above", "上方"),
    "below": ("below", "下方"),
}

CHAT: tuple[tuple[Language, str, str], ...] = (
    ("en", "Hello", "Hello! Attach an image and ask me about it."),
    ("en", "Hi", "Hello! Attach an image and ask me about it."),
    ("en", "Who are you?", "I am a tiny demo model. Attach an image and ask me about it."),
    ("zh", "你好", "你好！请附上图片并向我提问。"),
    ("zh", "你是谁？", "我是一个微型演示模型。请附上图片并向我提问。"),
)
NO_PICTURE: dict[Language, str] = {
    "en": "I can't tell: I see no image. Please attach one.",
    "zh": "我没有看到图片，请附上一张。",
}
UNCLEAR: dict[Language, str] = {
    "en": "I can't tell what is in this image.",
    "zh": "我看不出图片里有什么。",
}
NO_TEXT: dict[Language, str] = {
    "en": "There is no text in this image.",
    "zh": "图片里没有文字。",
}
NO_TOTAL: dict[Language, str] = {
    "en": "I can't tell: there is no receipt in this image.",
    "zh": "我看不出，图片里没有小票。",
}
