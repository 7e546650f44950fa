"""The sentences with which a file is refused; `details` hold `name`, empty for a pasted picture."""

from __future__ import annotations

from desktop.core.errors import ErrorCode, ImageError


def _subject(name: str) -> str:
    return f"“{name}”" if name else "The picture"


def not_found(name: str) -> ImageError:
    """Nothing is at the path."""
    return ImageError(
        f"{_subject(name)} cannot be found; it may have been moved or deleted.",
        ErrorCode.FILE_NOT_FOUND,
        name=name,
    )


def is_folder(name: str) -> ImageError:
    """The path leads to a folder."""
    return ImageError(
        f"{_subject(name)} is a folder; add the pictures inside it instead.",
        ErrorCode.FILE_IS_FOLDER,
        name=name,
    )


def unreadable(name: str) -> ImageError:
    """The system does not hand out the bytes."""
    return ImageError(
        f"{_subject(name)} cannot be read; "
        "check that you may open it and that its drive is connected.",
        ErrorCode.FILE_UNREADABLE,
        name=name,
    )


def changed(name: str) -> ImageError:
    """Another program wrote to the file while it was being taken in."""
    return ImageError(
        f"{_subject(name)} changed while it was being read; add it again when it is complete.",
        ErrorCode.FILE_UNREADABLE,
        name=name,
    )


def empty(name: str) -> ImageError:
    """The file has no bytes."""
    return ImageError(
        f"{_subject(name)} is empty; it holds no picture.", ErrorCode.FILE_EMPTY, name=name
    )


def not_picture(name: str) -> ImageError:
    """The bytes are of no kind that is known here."""
    return ImageError(
        f"{_subject(name)} is not a picture that can be opened; "
        "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC and AVIF can.",
        ErrorCode.FILE_NOT_PICTURE,
        name=name,
    )


def is_document(name: str) -> ImageError:
    """A PDF."""
    return ImageError(
        f"{_subject(name)} is a PDF document; only pictures can be added so far.",
        ErrorCode.DOCUMENT_UNSUPPORTED,
        name=name,
    )


def damaged(name: str) -> ImageError:
    """A picture by its first bytes, but the rest is missing or makes no sense."""
    return ImageError(
        f"{_subject(name)} is damaged or incomplete and cannot be shown; try another copy of it.",
        ErrorCode.PICTURE_DAMAGED,
        name=name,
    )


def too_large(name: str, pixels: int, limit: int) -> ImageError:
    """More pixels than can be decoded in reasonable memory; details `megapixels` and `limit`."""
    megapixels, most = f"{pixels / 1_000_000:.0f}", f"{limit / 1_000_000:.0f}"
    return ImageError(
        f"{_subject(name)} has {megapixels} megapixels; "
        f"pictures of this kind can have at most {most}.",
        ErrorCode.PICTURE_TOO_LARGE,
        name=name,
        megapixels=megapixels,
        limit=most,
    )


def out_of_memory(name: str, pixels: int) -> ImageError:
    """Within the limit, yet this machine has no room for it."""
    megapixels = f"{pixels / 1_000_000:.0f}"
    return ImageError(
        f"There is not enough memory free to open {_subject(name)} ({megapixels} megapixels).",
        ErrorCode.PICTURE_TOO_LARGE,
        name=name,
        megapixels=megapixels,
    )
