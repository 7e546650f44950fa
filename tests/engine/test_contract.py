"""What every engine must do, over each engine in a real worker process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineKind, EngineOptions, InstalledModel, StopReason
from desktop.engine.api import (
    EngineFailed,
    EngineInspected,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    ModelUnloaded,
    Phase,
    PromptPrepared,
    PromptProgress,
    TextDelta,
)
from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore
from tests.engine.harness import GREEDY, Harness, answer, fake_model, question, shape

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.engine.api import EngineEvent
    from tests.engine.harness import WorkerPool

DESCRIBE = "Describe this image."

OPTIONS = EngineOptions(context_length=2048, threads=1, disk_cache_bytes=0)


@dataclass
class Subject:
    """An engine under the contract, with its model loaded."""

    worker: Harness
    model: InstalledModel
    loaded: ModelLoaded


@pytest.fixture(params=list(EngineKind))
def subject(request: pytest.FixtureRequest, pool: WorkerPool, tmp_path: Path) -> Subject:
    kind: EngineKind = request.param
    model: InstalledModel
    match kind:
        case EngineKind.FAKE:
            model = fake_model(tmp_path)
        case EngineKind.LLAMA_CPP:
            model = request.getfixturevalue("builtin")
        case EngineKind.MLX:
            model = request.getfixturevalue("builtin_mlx")
    worker = pool.worker(kind)
    return Subject(worker, model, worker.load(model, OPTIONS))


def events_of(worker: Harness) -> list[EngineEvent]:
    """All events of the running request."""
    seen: list[EngineEvent] = []
    while not seen or not isinstance(seen[-1], GenerationFinished | PromptPrepared | EngineFailed):
        seen.append(worker.next())
    return seen


def test_that_a_load_reports_progress_and_facts(subject: Subject) -> None:
    subject.worker.client.load(subject.model, EngineOptions(context_length=1024))
    fractions = [subject.worker.wait(ModelLoading).fraction]
    while not isinstance(event := subject.worker.next(), ModelLoaded):
        assert isinstance(event, ModelLoading)
        fractions.append(event.fraction)
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
    assert event.model_id == subject.model.id
    assert event.context_length == 1024
    assert event.can_see


def test_that_progress_comes_before_words_and_the_end_comes_last(
    subject: Subject, tmp_path: Path
) -> None:
    worker = subject.worker
    request = worker.client.generate([question(DESCRIBE, shape(tmp_path, "red"))], GREEDY)
    seen = events_of(worker)
    kinds = [type(event) for event in seen]
    assert kinds.index(PromptProgress) < kinds.index(TextDelta)
    assert kinds[-1] is GenerationFinished
    progress = [event for event in seen if isinstance(event, PromptProgress)]
    assert [p.phase for p in progress] == sorted((p.phase for p in progress), key=list(Phase).index)
    assert all(0 <= p.done <= p.total and p.total > 0 for p in progress)
    assert {event.request_id for event in seen} == {request}  # type: ignore[union-attr]
    assert all(event.text for event in seen if isinstance(event, TextDelta))


def test_that_the_answer_changes_with_the_picture(subject: Subject, tmp_path: Path) -> None:
    red, _ = subject.worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])
    blue, _ = subject.worker.ask([question(DESCRIBE, shape(tmp_path, "blue", "square"))])
    assert red
    assert blue
    assert red != blue


def test_that_the_answer_changes_with_the_order_of_pictures(
    subject: Subject, tmp_path: Path
) -> None:
    red, blue = shape(tmp_path, "red"), shape(tmp_path, "blue", "square")
    one, _ = subject.worker.ask([question(DESCRIBE, red, blue)])
    other, _ = subject.worker.ask([question(DESCRIBE, blue, red)])
    assert one != other


def test_that_the_answer_changes_with_the_exif_rotation(subject: Subject, tmp_path: Path) -> None:
    picture = Image.new("RGB", (320, 160), "white")
    picture.paste((220, 30, 30), (20, 40, 100, 120))
    exif = Image.Exif()
    answers = []
    store = AttachmentStore(tmp_path / "attachments")
    for orientation in (1, 6):
        exif[0x0112] = orientation
        path = tmp_path / f"turned {orientation}.jpg"
        picture.save(path, exif=exif, quality=95)
        taken = take_picture(path, store)
        answers.append(subject.worker.ask([question("Where is the red square?", taken)])[0])
    assert answers[0] != answers[1]


def test_that_the_same_question_greedily_asked_gets_the_same_answer(
    subject: Subject, tmp_path: Path
) -> None:
    messages = [question(DESCRIBE, shape(tmp_path, "green"))]
    first, _ = subject.worker.ask(messages)
    second, finished = subject.worker.ask(messages)
    assert first == second
    assert finished.usage.pictures_encoded == 0


def test_that_the_second_turn_reuses_the_first(subject: Subject, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, first = subject.worker.ask([opening])
    _, second = subject.worker.ask([opening, answer(text), question("How many?")])
    before = first.usage.prompt_tokens + first.usage.answer_tokens
    assert second.usage.reused_tokens >= before - 1
    assert second.usage.pictures_encoded == 0
    assert second.usage.prompt_tokens > before


def test_that_a_prepared_question_needs_only_its_own_tokens(
    subject: Subject, tmp_path: Path
) -> None:
    red = shape(tmp_path, "red")
    subject.worker.client.prepare([question("", red)])
    prepared = subject.worker.wait(PromptPrepared)
    assert prepared.is_complete
    assert prepared.usage.pictures_encoded == 1
    _, finished = subject.worker.ask([question(DESCRIBE, red)])
    assert finished.usage.reused_tokens == prepared.usage.prompt_tokens
    assert finished.usage.pictures_encoded == 0


def test_that_what_is_prepared_again_needs_nothing(subject: Subject, tmp_path: Path) -> None:
    red = shape(tmp_path, "red")
    subject.worker.client.prepare([question("", red)])
    subject.worker.wait(PromptPrepared)
    subject.worker.client.prepare([question("", red)])
    prepared = subject.worker.wait(PromptPrepared)
    assert prepared.is_complete
    assert prepared.usage.reused_tokens == prepared.usage.prompt_tokens
    assert prepared.usage.pictures_encoded == 0
    assert subject.worker.ask([question(DESCRIBE, red)])[0]


def test_that_preparing_does_not_change_the_answer(subject: Subject, tmp_path: Path) -> None:
    messages = [question(DESCRIBE, shape(tmp_path, "red"), shape(tmp_path, "blue", "square"))]
    cold, _ = subject.worker.ask(messages)
    subject.worker.load(subject.model, OPTIONS)
    subject.worker.client.prepare(messages)
    subject.worker.wait(PromptPrepared)
    assert subject.worker.ask(messages)[0] == cold


def test_that_a_question_behind_a_running_prepare_is_answered(
    subject: Subject, tmp_path: Path
) -> None:
    red = shape(tmp_path, "red")
    subject.worker.client.prepare([question("", red)])
    text, finished = subject.worker.ask([question(DESCRIBE, red)])
    assert text
    assert finished.stop_reason is StopReason.END


def test_that_the_maximum_length_is_kept(subject: Subject, tmp_path: Path) -> None:
    messages = [question(DESCRIBE, shape(tmp_path, "red"))]
    _, finished = subject.worker.ask(messages, replace(GREEDY, max_tokens=2))
    assert finished.stop_reason is StopReason.LENGTH
    assert finished.usage.answer_tokens == 2


def test_that_a_question_without_a_model_is_refused(subject: Subject) -> None:
    subject.worker.client.unload()
    subject.worker.wait(ModelUnloaded)
    subject.worker.client.generate([question("hello")], GREEDY)
    failure = events_of(subject.worker)[-1]
    assert isinstance(failure, EngineFailed)
    assert failure.code is ErrorCode.NO_MODEL


def test_that_a_model_file_that_is_gone_is_said(subject: Subject, tmp_path: Path) -> None:
    gone = replace(subject.model, model_path=tmp_path / "不在.gguf")
    subject.worker.client.load(gone, EngineOptions())
    while not isinstance(event := subject.worker.next(), EngineFailed):
        pass
    assert event.request_id is None
    assert event.code in {ErrorCode.MODEL_FILE_MISSING, ErrorCode.MODEL_UNREADABLE}


def test_that_figures_add_up(subject: Subject, tmp_path: Path) -> None:
    _, finished = subject.worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])
    usage, timings = finished.usage, finished.timings
    assert usage.context_used <= usage.prompt_tokens + usage.answer_tokens
    assert usage.prompt_tokens > 16
    assert usage.answer_tokens > 1
    assert timings.first_token_s >= timings.encode_s + timings.prefill_s
    assert timings.decode_s >= 0


def test_that_devices_and_versions_can_be_asked_for(subject: Subject) -> None:
    subject.worker.client.inspect(subject.model.engine)
    inspected = subject.worker.wait(EngineInspected)
    assert inspected.versions
    assert inspected.devices
