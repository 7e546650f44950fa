"""Builds a byte-level BPE tokenizer: `python -m recipe.build_tokenizer OUT.json`.

Weights belong to the tokenizer they were trained with: a new one means training from nothing. It
learns from the templates' text only. Printed strings are left out, so that reading gives one token
a character, and Chinese is cut into words first, since BPE would merge whole questions into one.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from recipe import dialogue, phrases, pictures
from recipe import vocabulary as voc
from recipe.questions import MARK

LARGEST = 1010
# Qwen2's way to cut text before merging, which llama.cpp knows as "qwen2".
PRE_TOKENIZER = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIALS = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>"),
    *("<|box_start|>", "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>"),
    *("<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"),
)
CHINESE_WORDS = (
    *voc.COLORS_ZH.values(),
    *voc.SHAPES_ZH.values(),
    *(place for row in voc.PLACES_ZH for place in row),
    *(
        "图中",
        "图片",
        "什么",
        "颜色",
        "多少",
        "几个",
        "图形",
        "描述",
        "一个",
        "文字",
        "总计",
        "总金额",
    ),
    *(
        "边界框",
        "位置",
        "第一",
        "第二",
        "第三",
        "哪张",
        "有没有",
        "没有",
        "请用中文",
        "请问",
        "哪里",
    ),
    *(
        "商品",
        "小票",
        "价格",
        "多少钱",
        "定位",
        "格式",
        "输出",
        "给出",
        "读出",
        "看到",
        "一共",
        "还有",
    ),
)
CHINESE = re.compile(
    "|".join(sorted(map(re.escape, CHINESE_WORDS), key=len, reverse=True))
    + "|[\u3000-\u9fff\uff00-\uffef]"
)


def _pieces(text: str) -> list[str]:
    kept = "\n".join(text.split(MARK)[::2])
    if not CHINESE.search(kept):
        return [kept]
    return [*CHINESE.findall(kept), *CHINESE.sub("\n", kept).split("\n")]


def corpus(scenes: int = 8000) -> list[str]:
    """What the tokenizer learns from."""
    rng = voc.seeded("tokenizer")
    found = ["user\n", "assistant\n", "system\nYou are a helpful assistant.", "\n"] * 200
    kinds = {"shapes": 6, "mixed": 2, "text": 1, "receipt": 1}
    for number in range(scenes):
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        asked = dialogue.exchanges(rng, pictures.draw(rng, kind, 128, 128), 4)
        if number % 6 == 0:
            asked += dialogue.about_several(rng, 3, (96, 96), 4).exchanges
            asked += dialogue.about_nothing(rng, 2).exchanges
        for exchange in asked:
            found += _pieces(exchange.question) + _pieces(exchange.answer)
    for _, question, answer in phrases.CHAT * 20:
        found += _pieces(question) + _pieces(answer)
    return found


def main() -> None:
    """Builds and saves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(PRE_TOKENIZER), behavior="isolated")
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, as_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=LARGEST,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[],
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in SPECIALS]
    )
    tokenizer.save(str(options.out))


if __name__ == "__main__":
    main()
