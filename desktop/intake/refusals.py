"""The sentences with which a file is refused; `details` hold `name`, empty for a pasted picture."""

from __future__ import annotations

from desktop.core.errors import DocumentError, ErrorCode, ImageError


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
        f"{_subject(name)} is neither a picture nor a document that can be opened; "
        "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF and PDF can.",
        ErrorCode.FILE_NOT_PICTURE,
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


def _document(name: str) -> str:
    return f"“{name}”" if name else "The document"


def locked(name: str) -> DocumentError:
    """It opens only with a password, and none was given."""
    return DocumentError(
        f"{_document(name)} is protected; its password is needed to open it.",
        ErrorCode.DOCUMENT_LOCKED,
        name=name,
    )


def wrong_password(name: str) -> DocumentError:
    """The password that was given does not open it."""
    return DocumentError(
        f"That password does not open {_document(name)}.",
        ErrorCode.DOCUMENT_PASSWORD_WRONG,
        name=name,
    )


def unknown_protection(name: str) -> DocumentError:
    """It is encrypted in a way that is not known here."""
    return DocumentError(
        f"{_document(name)} is protected in a way that is not known here; "
        "save an unprotected copy of it and add that.",
        ErrorCode.DOCUMENT_UNSUPPORTED,
        name=name,
    )


def damaged_document(name: str) -> DocumentError:
    """A document by its first bytes, but the rest cannot be made sense of."""
    return DocumentError(
        f"{_document(name)} is damaged and cannot be opened; try another copy of it.",
        ErrorCode.DOCUMENT_DAMAGED,
        name=name,
    )


def damaged_page(name: str, page: int) -> DocumentError:
    """One page, counted from zero, cannot be shown; details `page`, as people count."""
    return DocumentError(
        f"Page {page + 1} of {_document(name)} is damaged and cannot be shown.",
        ErrorCode.DOCUMENT_DAMAGED,
        name=name,
        page=str(page + 1),
    )


def without_pages(name: str) -> DocumentError:
    """A document that holds nothing."""
    return DocumentError(
        f"{_document(name)} has no pages.", ErrorCode.DOCUMENT_WITHOUT_PAGES, name=name
    )


def changed_document(name: str) -> DocumentError:
    """Another program wrote to the file after it was opened."""
    return DocumentError(
        f"{_document(name)} changed after it was opened; add it again.",
        ErrorCode.DOCUMENT_DAMAGED,
        name=name,
    )
