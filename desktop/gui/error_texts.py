"""A sentence in the interface's language for every error.

Each says what happened, what it means for the person and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.errors import ErrorCode
from desktop.gui.document_texts import document_wordings
from desktop.gui.download_texts import download_wordings
from desktop.gui.engine_texts import adapter_wordings, engine_wordings
from desktop.gui.model_texts import model_wordings
from desktop.gui.schema_texts import schema_wordings

if TYPE_CHECKING:
    from collections.abc import Mapping

_FileCode = Literal[
    ErrorCode.FILE_NOT_FOUND,
    ErrorCode.FILE_IS_FOLDER,
    ErrorCode.FILE_UNREADABLE,
    ErrorCode.FILE_EMPTY,
    ErrorCode.FILE_NOT_PICTURE,
]
_PictureCode = Literal[
    ErrorCode.PICTURE_DAMAGED, ErrorCode.PICTURE_TOO_LARGE, ErrorCode.PICTURE_MISSING
]
_StoreCode = Literal[
    ErrorCode.DISK_FULL,
    ErrorCode.STORE_UNWRITABLE,
    ErrorCode.HISTORY_NEWER,
    ErrorCode.HISTORY_DAMAGED,
]
_NAMED_MODEL = frozenset(
    {ErrorCode.MODEL_LOAD_FAILED, ErrorCode.MODEL_CANNOT_SEE, ErrorCode.MODEL_OLLAMA_ONLY}
)


def error_text(code: ErrorCode, details: Mapping[str, str], fallback: str) -> str:
    """The sentence for an error, with the details that are known woven in.

    A detail that is missing or empty leads to wording without it. `fallback`, the error's own
    English sentence, stands in only where a translation asks for a detail that nobody gives.
    """
    known = {key: _written(value) for key, value in details.items() if value}
    known["name"] = _subject(code, details.get("name"))
    for wording in _wordings(code):
        try:
            return wording.format_map(known)
        except KeyError:
            continue
    return fallback


def _wordings(code: ErrorCode) -> tuple[str, ...]:  # noqa: PLR0911  # one for each kind
    """Ways to say it, the richest in details first."""
    match code:
        case (
            ErrorCode.FILE_NOT_FOUND
            | ErrorCode.FILE_IS_FOLDER
            | ErrorCode.FILE_UNREADABLE
            | ErrorCode.FILE_EMPTY
            | ErrorCode.FILE_NOT_PICTURE
        ):
            return (_file_wording(code),)
        case (
            ErrorCode.DOCUMENT_UNSUPPORTED
            | ErrorCode.DOCUMENT_LOCKED
            | ErrorCode.DOCUMENT_PASSWORD_WRONG
            | ErrorCode.DOCUMENT_DAMAGED
            | ErrorCode.DOCUMENT_WITHOUT_PAGES
        ):
            return document_wordings(code)
        case ErrorCode.PICTURE_DAMAGED | ErrorCode.PICTURE_TOO_LARGE | ErrorCode.PICTURE_MISSING:
            return _picture_wordings(code)
        case (
            ErrorCode.DISK_FULL
            | ErrorCode.STORE_UNWRITABLE
            | ErrorCode.HISTORY_NEWER
            | ErrorCode.HISTORY_DAMAGED
        ):
            return _store_wordings(code)
        case (
            ErrorCode.MODEL_FILE_MISSING
            | ErrorCode.MODEL_UNREADABLE
            | ErrorCode.PROJECTOR_MISSING
            | ErrorCode.PROJECTOR_MISMATCH
            | ErrorCode.MODEL_LOAD_FAILED
            | ErrorCode.LOAD_CANCELLED
            | ErrorCode.MODEL_CANNOT_SEE
            | ErrorCode.MODEL_OLLAMA_ONLY
            | ErrorCode.MODEL_NEEDS_MLX
            | ErrorCode.MODEL_FORM_MISSING
            | ErrorCode.MODELS_SEVERAL
            | ErrorCode.FOLDER_WITHOUT_MODEL
            | ErrorCode.LINK_REFUSED
        ):
            return model_wordings(code)
        case (
            ErrorCode.SCHEMA_NOT_JSON
            | ErrorCode.SCHEMA_NOT_OBJECT
            | ErrorCode.SCHEMA_WRONG
            | ErrorCode.SCHEMA_NOT_HELD
            | ErrorCode.SCHEMA_TOO_LARGE
            | ErrorCode.SCHEMA_TOO_DEEP
            | ErrorCode.SCHEMA_REFUSED
            | ErrorCode.FORM_EMPTY
            | ErrorCode.FORM_TOO_LONG
            | ErrorCode.FIELD_UNNAMED
            | ErrorCode.FIELD_TWICE
            | ErrorCode.FIELD_WITHOUT_CHOICES
            | ErrorCode.FIELD_UNKNOWN
            | ErrorCode.ANSWER_UNFINISHED
        ):
            return schema_wordings(code)
        case (
            ErrorCode.MODEL_IS_ADAPTER
            | ErrorCode.ADAPTER_MISSING
            | ErrorCode.ADAPTER_UNUSABLE
            | ErrorCode.ADAPTER_MISMATCH
        ):
            return (adapter_wordings(code),)
        case (
            ErrorCode.OUT_OF_MEMORY
            | ErrorCode.CONTEXT_FULL
            | ErrorCode.ENGINE_UNAVAILABLE
            | ErrorCode.ENGINE_FAILED
            | ErrorCode.WORKER_START_FAILED
            | ErrorCode.WORKER_CRASHED
            | ErrorCode.NO_MODEL
        ):
            return engine_wordings(code)
        case (
            ErrorCode.OFFLINE
            | ErrorCode.DOWNLOAD_REFUSED
            | ErrorCode.DOWNLOAD_CONNECTION
            | ErrorCode.DOWNLOAD_UNTRUSTED
            | ErrorCode.DOWNLOAD_UNUSABLE
            | ErrorCode.DOWNLOAD_CORRUPT
            | ErrorCode.DOWNLOAD_NO_SPACE
            | ErrorCode.DOWNLOAD_BUSY
            | ErrorCode.CATALOG_DAMAGED
        ):
            return download_wordings(code)


def _written(value: str) -> str:
    """A detail as people of this language write it: counts get their separators."""
    return QLocale().toString(int(value)) if value.isdecimal() and len(value) < 19 else value


def _subject(code: ErrorCode, name: str | None) -> str:
    """What a sentence is about: the quoted file name, or words for a thing without one."""
    if name:
        return QCoreApplication.translate("ErrorTexts", "“{name}”").format(name=name)
    if code in {ErrorCode.PICTURE_DAMAGED, ErrorCode.PICTURE_TOO_LARGE, ErrorCode.PICTURE_MISSING}:
        return QCoreApplication.translate("ErrorTexts", "The picture")
    if code in _NAMED_MODEL:
        return QCoreApplication.translate("ErrorTexts", "The model")
    return QCoreApplication.translate("ErrorTexts", "The file")


def _file_wording(code: _FileCode) -> str:
    match code:
        case ErrorCode.FILE_NOT_FOUND:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} is not there any more. It may have been moved or deleted; choose it again "
                "where it is now.",
            )
        case ErrorCode.FILE_IS_FOLDER:
            return QCoreApplication.translate(
                "ErrorTexts", "{name} is a folder. Open it and choose the pictures inside."
            )
        case ErrorCode.FILE_UNREADABLE:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} cannot be read. Check that you are allowed to open it and that its disk "
                "is still connected, then try again.",
            )
        case ErrorCode.FILE_EMPTY:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} is empty, so there is nothing to look at. If it is still being copied or "
                "downloaded, wait for that and add it again.",
            )
        case ErrorCode.FILE_NOT_PICTURE:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} is neither a picture nor a document. Choose a JPEG, PNG, WebP, GIF, BMP, "
                "TIFF, HEIC, AVIF or PDF file.",
            )


def _picture_wordings(code: _PictureCode) -> tuple[str, ...]:
    match code:
        case ErrorCode.PICTURE_DAMAGED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is damaged or incomplete and cannot be shown. Copy or save it again "
                    "from where it came from.",
                ),
            )
        case ErrorCode.PICTURE_TOO_LARGE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} has {megapixels} megapixels, and at most {limit} can be opened safely. "
                    "Save a smaller copy and add that.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} has {megapixels} megapixels, more than can be opened safely. Save a "
                    "smaller copy and add that.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is larger than can be opened safely. Save a smaller copy and add that.",
                ),
            )
        case ErrorCode.PICTURE_MISSING:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is no longer on the disk, so the model cannot look at it. Add it "
                    "again to a new question.",
                ),
            )


def _store_wordings(code: _StoreCode) -> tuple[str, ...]:
    match code:
        case ErrorCode.DISK_FULL:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The disk is full: {needed} needed, {available} free. Nothing was saved; free "
                    "some space and try again.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The disk is full. Nothing was saved; free some space and try again.",
                ),
            )
        case ErrorCode.STORE_UNWRITABLE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Groundglass may not write to {folder}, so nothing was saved. Check that the "
                    "folder belongs to you and that no other program holds its files.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Groundglass may not write to {path}, so nothing was saved. Check that this "
                    "place belongs to you and that no other program holds it.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Groundglass may not write to its own folder, so nothing was saved. Check that "
                    "the folder belongs to you and that no other program holds its files.",
                ),
            )
        case ErrorCode.HISTORY_NEWER:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Your conversations were saved by a newer Groundglass, and this one cannot "
                    "read them. Nothing was changed; use the newer version again.",
                ),
            )
        case ErrorCode.HISTORY_DAMAGED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The file with your conversations is damaged and cannot be read. Put a copy "
                    "from a backup in its place, or start with an empty history.",
                ),
            )
