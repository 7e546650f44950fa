"""Sentences in the interface's language on models that run: what goes wrong, what was reduced."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.errors import ErrorCode

if TYPE_CHECKING:
    from desktop.engine.api import ModelLoaded, Reduction

EngineCode = Literal[
    ErrorCode.OUT_OF_MEMORY,
    ErrorCode.CONTEXT_FULL,
    ErrorCode.ENGINE_UNAVAILABLE,
    ErrorCode.ENGINE_FAILED,
    ErrorCode.WORKER_START_FAILED,
    ErrorCode.WORKER_CRASHED,
    ErrorCode.NO_MODEL,
]
AdapterCode = Literal[
    ErrorCode.MODEL_IS_ADAPTER,
    ErrorCode.ADAPTER_MISSING,
    ErrorCode.ADAPTER_UNUSABLE,
    ErrorCode.ADAPTER_MISMATCH,
]


def load_lines(loaded: ModelLoaded) -> list[str]:
    """All that is smaller than asked for, a line each."""
    lines = [] if loaded.reduced is None else [reduction_text(loaded.reduced)]
    if loaded.context_limit is not None:
        lines.append(context_limit_text(loaded.context_limit))
    return lines


def context_limit_text(length: int) -> str:
    """That the model itself reads less than was asked for."""
    return QCoreApplication.translate(
        "EngineTexts", "This model reads at most {length} tokens at once; that is used."
    ).format(length=QLocale().toString(length))


def reduction_text(reduced: Reduction) -> str:
    """What was made smaller so that a model fits, in one line."""
    changes = _changes(reduced)
    is_context_alone = reduced.kv_type is None and reduced.gpu_layers is None
    if is_context_alone and reduced.context_length is not None:
        return QCoreApplication.translate(
            "EngineTexts", "To fit the memory, the context is {length} tokens instead of {wanted}."
        ).format(
            length=QLocale().toString(reduced.context_length),
            wanted=QLocale().toString(reduced.context_wanted or 0),
        )
    between = QCoreApplication.translate("EngineTexts", "{one}; {other}")
    return QCoreApplication.translate("EngineTexts", "To fit the memory: {changes}.").format(
        changes=functools.reduce(lambda one, other: between.format(one=one, other=other), changes)
    )


def _changes(reduced: Reduction) -> list[str]:
    changes = []
    if reduced.context_length is not None:
        changes.append(
            QCoreApplication.translate(
                "EngineTexts", "context of {length} tokens instead of {wanted}"
            ).format(
                length=QLocale().toString(reduced.context_length),
                wanted=QLocale().toString(reduced.context_wanted or 0),
            )
        )
    if reduced.kv_type is not None:
        changes.append(
            QCoreApplication.translate("EngineTexts", "attention cache kept as {type}").format(
                type=reduced.kv_type.upper()
            )
        )
    if reduced.gpu_layers == 0:
        changes.append(QCoreApplication.translate("EngineTexts", "nothing on the GPU"))
    elif reduced.gpu_layers is not None:
        changes.append(
            QCoreApplication.translate("EngineTexts", "{count} layers on the GPU").format(
                count=QLocale().toString(reduced.gpu_layers)
            )
        )
    return changes


def adapter_wordings(code: AdapterCode) -> str:
    """Why an adapter cannot be used."""
    match code:
        case ErrorCode.MODEL_IS_ADAPTER:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} is no model but an adapter (LoRA). Use the model it was made for, and add "
                "it in the settings under Answers.",
            )
        case ErrorCode.ADAPTER_MISSING:
            return QCoreApplication.translate(
                "ErrorTexts",
                "The adapter {name} is not there any more. Put it back, or remove it from the "
                "model's adapters in the settings.",
            )
        case ErrorCode.ADAPTER_UNUSABLE:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} is no adapter that can be used here: it is damaged, no LoRA, or written "
                "for another engine.",
            )
        case ErrorCode.ADAPTER_MISMATCH:
            return QCoreApplication.translate(
                "ErrorTexts",
                "{name} was made for another model than this one, so it cannot be laid over it.",
            )


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
