"""A sentence in the interface's language for everything that goes wrong with a model's files."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication

from desktop.core.errors import ErrorCode

ModelCode = Literal[
    ErrorCode.MODEL_FILE_MISSING,
    ErrorCode.MODEL_UNREADABLE,
    ErrorCode.PROJECTOR_MISSING,
    ErrorCode.PROJECTOR_MISMATCH,
    ErrorCode.MODEL_LOAD_FAILED,
    ErrorCode.LOAD_CANCELLED,
    ErrorCode.MODEL_CANNOT_SEE,
    ErrorCode.MODEL_OLLAMA_ONLY,
    ErrorCode.MODEL_NEEDS_MLX,
    ErrorCode.MODEL_FORM_MISSING,
    ErrorCode.MODELS_SEVERAL,
    ErrorCode.FOLDER_WITHOUT_MODEL,
    ErrorCode.LINK_REFUSED,
]
_AddedCode = Literal[
    ErrorCode.MODEL_CANNOT_SEE,
    ErrorCode.MODEL_OLLAMA_ONLY,
    ErrorCode.MODELS_SEVERAL,
    ErrorCode.FOLDER_WITHOUT_MODEL,
    ErrorCode.LINK_REFUSED,
]
_FormCode = Literal[ErrorCode.MODEL_NEEDS_MLX, ErrorCode.MODEL_FORM_MISSING]
_LoadedCode = Literal[
    ErrorCode.MODEL_FILE_MISSING,
    ErrorCode.MODEL_UNREADABLE,
    ErrorCode.MODEL_LOAD_FAILED,
    ErrorCode.LOAD_CANCELLED,
]


def model_wordings(code: ModelCode) -> tuple[str, ...]:
    """Ways to say it, the richest in details first."""
    match code:
        case (
            ErrorCode.MODEL_FILE_MISSING
            | ErrorCode.MODEL_UNREADABLE
            | ErrorCode.MODEL_LOAD_FAILED
            | ErrorCode.LOAD_CANCELLED
        ):
            return _loaded_wordings(code)
        case ErrorCode.PROJECTOR_MISSING:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} cannot see without its vision file. Put a file such as “{wanted}” in "
                    "the same folder, or add both files together.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The model's vision file (mmproj) is missing, and without it the model cannot "
                    "see. Put it in the model's folder, or add both files together.",
                ),
            )
        case ErrorCode.PROJECTOR_MISMATCH:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is not the vision file of “{model}”, so pictures would not be "
                    "understood. Choose the mmproj file that came with this model.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is a vision file, not a language model. Add the model it came with "
                    "together with it.",
                ),
            )
        case (
            ErrorCode.MODEL_CANNOT_SEE
            | ErrorCode.MODEL_OLLAMA_ONLY
            | ErrorCode.MODELS_SEVERAL
            | ErrorCode.FOLDER_WITHOUT_MODEL
            | ErrorCode.LINK_REFUSED
        ):
            return _added_wordings(code)
        case ErrorCode.MODEL_NEEDS_MLX | ErrorCode.MODEL_FORM_MISSING:
            return _form_wordings(code)


def _loaded_wordings(code: _LoadedCode) -> tuple[str, ...]:
    match code:
        case ErrorCode.MODEL_FILE_MISSING:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is not there any more, so the model cannot be used. It may have been "
                    "moved or deleted; bring it back, or choose another model.",
                ),
            )
        case ErrorCode.MODEL_UNREADABLE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is a later part of a split model. Choose its first part, “{first}”.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is not a model that can be read; its download may be incomplete. "
                    "Download it again, or choose another GGUF file.",
                ),
            )
        case ErrorCode.MODEL_LOAD_FAILED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is a model of the kind “{kind}”, which this version does not know; "
                    "choose another model.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} brings program code of its own ({code_file}), and Groundglass never "
                    "runs a model's code; choose another model.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} could not be loaded. It may be damaged, or of a kind that this version "
                    "does not know; choose another model.",
                ),
            )
        case ErrorCode.LOAD_CANCELLED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "Loading the model was stopped. Load it again when you want to ask something.",
                ),
            )


def _added_wordings(code: _AddedCode) -> tuple[str, ...]:
    match code:
        case ErrorCode.MODEL_CANNOT_SEE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is a language model that cannot look at pictures. Choose one made for "
                    "pictures, with its vision file.",
                ),
            )
        case ErrorCode.MODEL_OLLAMA_ONLY:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} has its vision part inside the model file, in a form that only Ollama "
                    "reads. Get this model here instead.",
                ),
            )
        case ErrorCode.MODELS_SEVERAL:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "These are several models. Add one at a time; its vision file may come with "
                    "it.",
                ),
            )
        case ErrorCode.FOLDER_WITHOUT_MODEL:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is no model in this folder. A model is a GGUF file, or a folder with "
                    "config.json and safetensors files.",
                ),
            )
        case ErrorCode.LINK_REFUSED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "A link to {name} cannot be made here. Copy the model instead, or leave it "
                    "where it is.",
                ),
            )


def _form_wordings(code: _FormCode) -> tuple[str, ...]:
    match code:
        case ErrorCode.MODEL_NEEDS_MLX:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is made for MLX, which does not run on this computer. Get the model "
                    "in its GGUF form instead.",
                ),
            )
        case ErrorCode.MODEL_FORM_MISSING:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is not on this computer in a form for {engine}. Get that form first, "
                    "or let the other engine run it.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "{name} is not on this computer in a form for this engine. Get that form "
                    "first, or let the other engine run it.",
                ),
            )
