from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.engine.mlx.folder import read_folder
from desktop.engine.shared.text import TextStream

if TYPE_CHECKING:
    from desktop.core.types import InstalledModel
    from desktop.engine.mlx.vocabulary import MlxVocabulary


@pytest.fixture(scope="module")
def vocabulary(builtin_mlx: InstalledModel) -> MlxVocabulary:
    from desktop.engine.mlx.vocabulary import MlxVocabulary  # noqa: PLC0415 - skipped without MLX

    return MlxVocabulary(read_folder(builtin_mlx.model_path))


@pytest.mark.parametrize(
    "text", ["A red circle.", "图中有一个红色圆形。", "  tabs\t\n\n", "🙂é", ""]
)
def test_that_pieces_make_the_text_again(vocabulary: MlxVocabulary, text: str) -> None:
    stream = TextStream()
    for token in vocabulary.tokens(text, has_control=False):
        stream.feed(vocabulary.piece(token))
    assert stream.text == text


def test_that_half_a_surrogate_is_no_error(vocabulary: MlxVocabulary) -> None:
    assert vocabulary.tokens("a\ud83db", has_control=False)


def test_that_control_tokens_are_silent_and_end_the_answer(vocabulary: MlxVocabulary) -> None:
    (end,) = vocabulary.tokens("<|im_end|>", has_control=True)
    assert vocabulary.piece(end) == b""
    assert vocabulary.is_end(end)
    assert vocabulary.is_control(end)
    (word, *_) = vocabulary.tokens("red", has_control=False)
    assert not vocabulary.is_end(word)
    assert not vocabulary.is_control(word)


def test_that_rows_behind_the_vocabulary_are_silent(vocabulary: MlxVocabulary) -> None:
    assert vocabulary.piece(vocabulary.size + 100) == b""


def test_that_the_turns_end_is_known_without_the_folders_help(builtin_mlx: InstalledModel) -> None:
    from desktop.engine.mlx.vocabulary import MlxVocabulary  # noqa: PLC0415 - skipped without MLX

    folder = replace(read_folder(builtin_mlx.model_path), end_ids=frozenset(), end_texts=())
    vocabulary = MlxVocabulary(folder)
    assert all(
        vocabulary.is_end(vocabulary.tokens(text, has_control=True)[0])
        for text in ("<|im_end|>", "<|endoftext|>")
    )
