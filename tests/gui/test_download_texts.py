from typing import get_args

import pytest

from desktop.core.errors import ErrorCode
from desktop.gui.download_texts import DownloadCode
from desktop.gui.error_texts import error_text

DETAILS = {
    "host": "hub.example",
    "status": "403",
    "name": "weights.gguf",
    "needed": "4.3 GB",
    "available": "1.2 GB",
}
SAID = {
    ErrorCode.DOWNLOAD_REFUSED: ("hub.example", "403"),
    ErrorCode.DOWNLOAD_CONNECTION: ("hub.example",),
    ErrorCode.DOWNLOAD_UNTRUSTED: ("hub.example",),
    ErrorCode.DOWNLOAD_UNUSABLE: ("hub.example",),
    ErrorCode.DOWNLOAD_CORRUPT: ("hub.example", "“weights.gguf”"),
    ErrorCode.DOWNLOAD_NO_SPACE: ("4.3 GB", "1.2 GB"),
}


@pytest.mark.parametrize(("code", "parts"), SAID.items())
def test_that_failed_downloads_say_where_and_how_much(
    code: ErrorCode, parts: tuple[str, ...]
) -> None:
    text = error_text(code, DETAILS, "fallback")
    assert all(part in text for part in parts)


def test_that_a_disk_that_filled_up_says_what_is_missing() -> None:
    text = error_text(ErrorCode.DOWNLOAD_NO_SPACE, {"needed": "4.3 GB"}, "fallback")
    assert "4.3 GB more needed" in text


def test_that_every_download_error_has_words() -> None:
    wanted = {code for code in ErrorCode if code.startswith("download_")}
    assert wanted < set(get_args(DownloadCode))
