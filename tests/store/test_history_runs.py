"""Which answers of a model were measured last."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.types import EngineKind, Figures, Message, Role, StopReason, Timings, Usage
from desktop.store.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURES = Figures("qwen 模型", Usage(120, 100, 7), Timings(0.25, 0.3, 0.5, 1.0))


@pytest.fixture
def history() -> Iterator[History]:
    with closing(History(Path(":memory:"), lambda _sha256, _page: Path("x"))) as opened:
        yield opened


def test_that_recent_runs_are_a_models_newest_measured_answers(history: History) -> None:
    conversation = history.create_conversation("x")
    history.add_message(conversation, Message(Role.USER, "q"))
    answers = []
    for speed in (1.0, 2.0, 3.0):
        row = history.begin_answer(conversation)
        figures = replace(FIGURES, timings=replace(FIGURES.timings, decode_s=speed))
        answers.append(history.finish_answer(row.id, "a", StopReason.END, figures))
        other = history.begin_answer(conversation)
        history.finish_answer(other.id, "b", StopReason.END, replace(FIGURES, model_id="other"))
        history.finish_answer(history.begin_answer(conversation).id, "c", StopReason.CANCELLED)
    runs = history.recent_runs(FIGURES.model_id, None, 2)
    assert [run.message_id for run in runs] == [each.id for each in answers[1:]]
    assert [run.figures for run in runs] == [each.figures for each in answers[1:]]
    assert runs[0].answered_at == answers[1].created_at
    assert history.recent_runs("gone", None, 5) == []


def test_that_figures_that_cannot_be_read_are_no_runs(history: History) -> None:
    conversation = history.create_conversation("x")
    for figures in ("{", '{"model_id": 5}', '{"model_id": "m"}', "[1]", '"m"'):
        row = history.begin_answer(conversation)
        history.finish_answer(row.id, "a", StopReason.END)
        history._database.write("UPDATE messages SET figures = ? WHERE id = ?", (figures, row.id))
    row = history.begin_answer(conversation)
    history.finish_answer(row.id, "a", StopReason.END, replace(FIGURES, model_id="m"))
    assert [run.message_id for run in history.recent_runs("m", None, 9)] == [row.id]


def test_that_an_engines_runs_are_its_own_and_those_from_before(history: History) -> None:
    conversation = history.create_conversation("x")
    kinds = (None, EngineKind.MLX, EngineKind.LLAMA_CPP, EngineKind.MLX)
    for kind in kinds:
        row = history.begin_answer(conversation)
        history.finish_answer(row.id, "a", StopReason.END, replace(FIGURES, engine=kind))

    def engines(wanted: EngineKind | None) -> list[EngineKind | None]:
        return [run.figures.engine for run in history.recent_runs(FIGURES.model_id, wanted, 9)]

    assert engines(EngineKind.MLX) == [None, EngineKind.MLX, EngineKind.MLX]
    assert engines(EngineKind.LLAMA_CPP) == [None, EngineKind.LLAMA_CPP]
    assert engines(None) == list(kinds)
