"""A sentence in the interface's language for everything that goes wrong while a model runs."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication

from desktop.core.errors import ErrorCode

EngineCode = Literal[
    ErrorCode.OUT_OF_MEMORY,
    ErrorCode.CONTEXT_FULL,
    ErrorCode.ENGINE_UNAVAILABLE,
    ErrorCode.ENGINE_FAILED,
    ErrorCode.WORKER_START_FAILED,
    ErrorCode.WORKER_CRASHED,
    ErrorCode.NO_MODEL,
]


def engine_wordings(code: EngineCode) -> tuple[str, ...]:
    """Ways to say it, the richest in details first."""
    match code:
        case ErrorCode.OUT_OF_MEMORY:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is not enough memory: {needed} needed, {available} free. Close other "
                    "apps, or choose a smaller model or a shorter context in the settings.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "There is not enough memory. Close other apps, or choose a smaller model or a "
                    "shorter context in the settings.",
                ),
            )
        case ErrorCode.CONTEXT_FULL:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "This conversation is too long: it needs {tokens} tokens, and the model has "
                    "room for {length}. Start a new chat, use fewer pictures, or set a longer "
                    "context in the settings.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "This conversation is too long for the model. Start a new chat, use fewer "
                    "pictures, or set a longer context in the settings.",
                ),
            )
        case ErrorCode.ENGINE_UNAVAILABLE:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "A part of Groundglass, {package}, is missing or does not run on this "
                    "computer, so the model cannot answer. Install Groundglass again.",
                ),
                QCoreApplication.translate(
                    "ErrorTexts",
                    "A part of Groundglass is missing or does not run on this computer, so the "
                    "model cannot answer. Install Groundglass again.",
                ),
            )
        case ErrorCode.ENGINE_FAILED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The model ran into a problem and could not finish. Ask again; if it happens "
                    "once more, load the model again from the menu under its name.",
                ),
            )
        case ErrorCode.WORKER_START_FAILED | ErrorCode.WORKER_CRASHED:
            return _worker_wordings(code)
        case ErrorCode.NO_MODEL:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "No model is loaded, so there is nobody to answer. Choose one, then ask again.",
                ),
            )


def _worker_wordings(
    code: Literal[ErrorCode.WORKER_START_FAILED, ErrorCode.WORKER_CRASHED],
) -> tuple[str, ...]:
    match code:
        case ErrorCode.WORKER_START_FAILED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The part of Groundglass that runs models could not be started. Start the app "
                    "again; if that does not help, install it again.",
                ),
            )
        case ErrorCode.WORKER_CRASHED:
            return (
                QCoreApplication.translate(
                    "ErrorTexts",
                    "The model stopped unexpectedly; it may have run out of memory. What it had "
                    "written is kept. Try again; if it keeps happening, choose a smaller model or "
                    "a shorter context in the settings.",
                ),
            )
