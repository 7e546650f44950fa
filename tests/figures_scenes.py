"""The scene of an answer's figures, beside those of the model's answers before it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from desktop.core.types import (
    EngineKind,
    Figures,
    InAdvance,
    Message,
    Role,
    StopReason,
    Timings,
    Usage,
)
from desktop.gui.figures_dialog import FiguresDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.shots import Director


def measured(director: Director) -> Iterator[Callable[[], bool]]:
    """Answers as a full model gives them, put into the history for as long as the scene lasts."""
    history = director.services.history
    conversation = history.create_conversation("measured")
    for figures in _answers():
        history.add_message(conversation, Message(Role.USER, "?"))
        row = history.begin_answer(conversation)
        history.finish_answer(row.id, "!", StopReason.END, figures)
    dialog = FiguresDialog(history, lambda _: "Qwen3-VL 4B", director.window)
    dialog.show_latest("full", EngineKind.LLAMA_CPP)
    dialog.show()
    yield from director.settle()
    director.take("figures")
    dialog.close()
    history.delete_conversation(conversation)


def _answers() -> Iterator[Figures]:
    chance = random.Random(3)
    for number in range(36):
        is_new = number % 3 == 0
        encode_s = chance.uniform(0.9, 1.4) if is_new else 0.0
        read, written = chance.randint(40, 1300 if is_new else 90), chance.randint(40, 300)
        prefill_s = read / chance.uniform(1900, 2300)
        usage = Usage(
            prompt_tokens=1400 + read,
            reused_tokens=1400,
            answer_tokens=written,
            pictures_encoded=int(is_new),
            context_used=1400 + read + written,
            context_length=16_384,
        )
        timings = Timings(
            encode_s, prefill_s, encode_s + prefill_s + 0.02, written / chance.uniform(38, 43)
        )
        yield Figures(
            model_id="full",
            usage=usage,
            timings=timings,
            engine=EngineKind.LLAMA_CPP,
            load_s=1.93,
            worker_bytes=3_842_000_000,
            in_advance=InAdvance(1.18, 0.42, pictures_encoded=1, pictures_from_disk=1),
        )
