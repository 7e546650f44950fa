"""A stored page at the size a model sees it: the same pixels for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from desktop.core.errors import EngineError, ErrorCode

if TYPE_CHECKING:
    from pathlib import Path


def scaled_page(path: Path, size: tuple[int, int]) -> Image.Image:
    """An RGB picture of exactly `size`, scaled as Qwen's processor does (bicubic).

    Raises:
        EngineError: PICTURE_MISSING when the page is gone or damaged.
    """
    try:
        with Image.open(path) as page:
            return page.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    except (OSError, UnidentifiedImageError, ValueError) as error:
        raise EngineError(
            "A picture of this chat is missing or damaged on disk. Add it again.",
            ErrorCode.PICTURE_MISSING,
        ) from error
