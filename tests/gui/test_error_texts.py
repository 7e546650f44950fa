from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from desktop.core.errors import ErrorCode
from desktop.gui.error_texts import error_text

DETAILS = {
    "name": "Ferry {receipt}.jpg",
    "megapixels": "310",
    "needed": "8.1 GB",
    "available": "2.4 GB",
    "tokens": "9120",
    "length": "8192",
    "path": "/disk/groundglass",
    "folder": "/disk/groundglass",
    "limit": "200",
    "first": "model-00001-of-00003.gguf",
    "wanted": "mmproj-model.gguf",
    "model": "model.gguf",
    "package": "llama-cpp-python",
    "engine": "MLX",
}
FALLBACK = "The fallback sentence."


@pytest.fixture(autouse=True)
def american() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize("code", list(ErrorCode))
@pytest.mark.parametrize("details", [DETAILS, {}, dict.fromkeys(DETAILS, "")])
def test_that_every_error_has_a_whole_sentence_with_any_details(
    code: ErrorCode, details: dict[str, str]
) -> None:
    text = error_text(code, details, FALLBACK)
    assert text != FALLBACK
    assert text.endswith(".")
    assert len(text) > 40
    if not details.get("name"):
        assert "{" not in text
        assert "“”" not in text


def test_that_each_error_has_its_own_sentence() -> None:
    texts = {error_text(code, {}, FALLBACK) for code in ErrorCode}
    assert len(texts) == len(ErrorCode)


def test_that_known_details_are_woven_in() -> None:
    text = error_text(ErrorCode.PICTURE_TOO_LARGE, DETAILS, FALLBACK)
    assert "310 megapixels" in text
    assert "8,192" in error_text(ErrorCode.CONTEXT_FULL, DETAILS, FALLBACK)
    assert "8.1 GB" in error_text(ErrorCode.OUT_OF_MEMORY, DETAILS, FALLBACK)
    assert "/disk/groundglass" in error_text(ErrorCode.STORE_UNWRITABLE, DETAILS, FALLBACK)
    assert "llama-cpp-python" in error_text(ErrorCode.ENGINE_UNAVAILABLE, DETAILS, FALLBACK)


def test_that_braces_in_a_file_name_stay_text() -> None:
    assert "“Ferry {receipt}.jpg”" in error_text(ErrorCode.FILE_EMPTY, DETAILS, FALLBACK)


def test_that_one_missing_detail_keeps_the_others() -> None:
    text = error_text(ErrorCode.PICTURE_TOO_LARGE, {"name": "map.tif"}, FALLBACK)
    assert "map.tif" in text
    assert "megapixels" not in text
