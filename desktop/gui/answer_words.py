"""The words around an answer: what is being waited for, why it ended, how fast it was."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.adapters import ADAPTER_CODES
from desktop.core.errors import ErrorCode
from desktop.core.types import StopReason
from desktop.gui.figures_texts import pace_text

if TYPE_CHECKING:
    from desktop.core.types import Figures
    from desktop.store.history import AnswerError

translate = QCoreApplication.translate

# Errors that another try cannot mend, but another model can, or other settings.
_MENDED_BY_MODEL = frozenset(
    {
        ErrorCode.MODEL_FILE_MISSING,
        ErrorCode.MODEL_UNREADABLE,
        ErrorCode.MODEL_CANNOT_SEE,
        ErrorCode.MODEL_OLLAMA_ONLY,
        ErrorCode.PROJECTOR_MISSING,
        ErrorCode.PROJECTOR_MISMATCH,
        ErrorCode.MODEL_LOAD_FAILED,
        ErrorCode.NO_MODEL,
    }
)
_MENDED_IN_SETTINGS = frozenset({ErrorCode.OUT_OF_MEMORY, ErrorCode.ENGINE_UNAVAILABLE})


class Waiting(StrEnum):
    """What an answer waits for before its first word."""

    MODEL = "model"
    PREPARING = "preparing"
    PICTURE = "picture"
    PICTURES = "pictures"
    QUESTION = "question"
    AGAIN = "again"  # the answer went round in circles
    PAGES = "pages"  # of a long document, one after the other


def waiting_text(
    waiting: Waiting, fraction: float | None, step: tuple[int, int] | None = None
) -> str:
    """The line in the answer's place, with a percentage where one is known.

    `step` says which page is being read, from 1, and how many there are.
    """
    if waiting is Waiting.PAGES:
        page, count = step or (1, 1)
        words = translate("AnswerWords", "Reading page {page} of {count}")
        return words.format(page=page, count=count)
    words = {
        Waiting.MODEL: translate("AnswerWords", "Loading the model"),
        Waiting.PREPARING: translate("AnswerWords", "Waiting for the picture …"),
        Waiting.PICTURE: translate("AnswerWords", "Looking at the picture"),
        Waiting.PICTURES: translate("AnswerWords", "Looking at the pictures"),
        Waiting.QUESTION: translate("AnswerWords", "Reading the question"),
        Waiting.AGAIN: translate("AnswerWords", "Beginning anew: the model repeated itself"),
    }[waiting]
    if fraction is None or waiting in {Waiting.PREPARING, Waiting.QUESTION, Waiting.AGAIN}:
        return words
    percent = round(100 * min(max(fraction, 0.0), 1.0))
    return translate("AnswerWords", "{words} {percent} %").format(words=words, percent=percent)


def stop_text(reason: StopReason, *, has_text: bool) -> str:
    """Why an answer ended, empty when it simply ended."""
    if reason is StopReason.END and not has_text:
        return translate("AnswerWords", "The answer is empty")
    if reason is StopReason.INTERRUPTED and not has_text:
        return translate("AnswerWords", "Interrupted before the first word")
    return {
        StopReason.END: "",
        StopReason.FAILED: "",
        StopReason.CANCELLED: translate("AnswerWords", "Stopped"),
        StopReason.INTERRUPTED: translate("AnswerWords", "Interrupted: the text so far was kept"),
        StopReason.CONTEXT: translate("AnswerWords", "The context is full"),
        StopReason.LENGTH: translate("AnswerWords", "The answer reached its maximum length"),
        StopReason.LOOP: translate("AnswerWords", "Stopped: the model began to repeat itself"),
    }[reason]


class WayOut(StrEnum):
    """Where the one button under an error leads."""

    AGAIN = "again"
    MODELS = "models"
    SETTINGS = "settings"
    ADAPTERS = "adapters"
    NEW_CHAT = "new_chat"


def way_out(error: AnswerError, *, has_model: bool) -> WayOut:
    """What can mend an error: another try cannot when the model or the context is the reason.

    Where no model could be loaded, another try is the way as soon as there is one (`has_model`).
    """
    code = error.code
    if has_model and (error.is_of_load or code in _MENDED_BY_MODEL | ADAPTER_CODES):
        return WayOut.AGAIN
    if code is ErrorCode.CONTEXT_FULL:
        return WayOut.NEW_CHAT
    if code in _MENDED_BY_MODEL:
        return WayOut.MODELS
    if code in ADAPTER_CODES:
        return WayOut.ADAPTERS
    return WayOut.SETTINGS if code in _MENDED_IN_SETTINGS else WayOut.AGAIN


def way_out_text(way: WayOut) -> str:
    """The words on that button."""
    return {
        WayOut.AGAIN: translate("AnswerWords", "Try again"),
        WayOut.MODELS: translate("AnswerWords", "Choose a model…"),
        WayOut.SETTINGS: translate("AnswerWords", "Open settings"),
        WayOut.ADAPTERS: translate("AnswerWords", "Open settings"),
        WayOut.NEW_CHAT: translate("AnswerWords", "New chat"),
    }[way]


def figures_text(figures: Figures) -> str:
    """Time to the first token and speed, such as "0.3 s · 41 tokens/s"; more in `figures_texts`."""
    seconds = figures.timings.first_token_s
    is_instant = seconds < 0.05
    parts = [
        translate("AnswerWords", "{seconds} s").format(
            seconds=("< " if is_instant else "") + QLocale().toString(max(seconds, 0.1), "f", 1)
        )
    ]
    speed = figures.timings.tokens_per_second(figures.usage)
    if speed is not None:
        parts.append(pace_text(speed))
    if figures.usage.retries:
        parts.append(translate("AnswerWords", "begun anew"))
    return " · ".join(parts)
