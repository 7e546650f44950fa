"""The errors a person can act on: one sentence each, and a code that a front end can translate."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """What went wrong. Front ends translate by code; `details` fill the gaps in the sentence."""

    FILE_NOT_FOUND = "file_not_found"
    FILE_IS_FOLDER = "file_is_folder"
    FILE_UNREADABLE = "file_unreadable"
    FILE_EMPTY = "file_empty"
    FILE_NOT_PICTURE = "file_not_picture"
    DOCUMENT_UNSUPPORTED = "document_unsupported"
    DOCUMENT_LOCKED = "document_locked"
    DOCUMENT_PASSWORD_WRONG = "document_password_wrong"  # noqa: S105  # a name, not a secret
    DOCUMENT_DAMAGED = "document_damaged"
    DOCUMENT_WITHOUT_PAGES = "document_without_pages"
    PICTURE_DAMAGED = "picture_damaged"
    PICTURE_TOO_LARGE = "picture_too_large"

    DISK_FULL = "disk_full"
    STORE_UNWRITABLE = "store_unwritable"
    HISTORY_NEWER = "history_newer"
    HISTORY_DAMAGED = "history_damaged"

    MODEL_FILE_MISSING = "model_file_missing"
    MODEL_UNREADABLE = "model_unreadable"
    PROJECTOR_MISSING = "projector_missing"
    PROJECTOR_MISMATCH = "projector_mismatch"
    MODEL_LOAD_FAILED = "model_load_failed"
    LOAD_CANCELLED = "load_cancelled"
    OUT_OF_MEMORY = "out_of_memory"
    MODEL_CANNOT_SEE = "model_cannot_see"
    MODEL_OLLAMA_ONLY = "model_ollama_only"
    MODEL_NEEDS_MLX = "model_needs_mlx"
    MODEL_FORM_MISSING = "model_form_missing"
    MODELS_SEVERAL = "models_several"
    FOLDER_WITHOUT_MODEL = "folder_without_model"
    LINK_REFUSED = "link_refused"
    MODEL_IS_ADAPTER = "model_is_adapter"
    ADAPTER_MISSING = "adapter_missing"
    ADAPTER_UNUSABLE = "adapter_unusable"
    ADAPTER_MISMATCH = "adapter_mismatch"
    CATALOG_DAMAGED = "catalog_damaged"
    NO_MODEL = "no_model"
    CONTEXT_FULL = "context_full"
    PICTURE_MISSING = "picture_missing"
    ENGINE_UNAVAILABLE = "engine_unavailable"
    ENGINE_FAILED = "engine_failed"
    WORKER_START_FAILED = "worker_start_failed"
    WORKER_CRASHED = "worker_crashed"

    SCHEMA_NOT_JSON = "schema_not_json"
    SCHEMA_NOT_OBJECT = "schema_not_object"
    SCHEMA_WRONG = "schema_wrong"
    SCHEMA_NOT_HELD = "schema_not_held"
    SCHEMA_TOO_LARGE = "schema_too_large"
    SCHEMA_TOO_DEEP = "schema_too_deep"
    SCHEMA_REFUSED = "schema_refused"
    FORM_EMPTY = "form_empty"
    FORM_TOO_LONG = "form_too_long"
    FIELD_UNNAMED = "field_unnamed"
    FIELD_TWICE = "field_twice"
    FIELD_WITHOUT_CHOICES = "field_without_choices"
    FIELD_UNKNOWN = "field_unknown"
    ANSWER_UNFINISHED = "answer_unfinished"

    OFFLINE = "offline"
    DOWNLOAD_REFUSED = "download_refused"
    DOWNLOAD_CONNECTION = "download_connection"
    DOWNLOAD_UNTRUSTED = "download_untrusted"
    DOWNLOAD_UNUSABLE = "download_unusable"
    DOWNLOAD_CORRUPT = "download_corrupt"
    DOWNLOAD_NO_SPACE = "download_no_space"
    DOWNLOAD_BUSY = "download_busy"


class GroundglassError(Exception):
    """A failure with a sentence that a person can act on.

    Attributes:
        message: The sentence in English.
        code: What went wrong, for translation and for scripts.
        details: Values that the sentence mentions (file name, sizes), as text, for the translation.
    """

    def __init__(self, message: str, code: ErrorCode, **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details = details


class ImageError(GroundglassError):
    """A file that cannot become a picture."""


class DocumentError(GroundglassError):
    """A document that cannot be opened, or a page of it that cannot be shown."""


class StoreError(GroundglassError):
    """The disk did not keep what it was given."""


class HistoryError(StoreError):
    """The history database cannot be used."""


class CatalogError(GroundglassError):
    """The catalogue of models that ships with the app cannot be used."""


class ModelError(GroundglassError):
    """A model file that is missing, damaged or of the wrong kind."""


class DownloadError(GroundglassError):
    """A download that could not be made, or brought something else than was asked for."""


class SchemaError(GroundglassError):
    """A JSON Schema, or a list of fields, that no answer can be held to."""


class EngineError(GroundglassError):
    """The engine could not do what it was asked."""
