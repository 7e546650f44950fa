"""What the real engines find on the disk after a restart: pictures, and conversations if wanted."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from desktop.core import cache_files, paths
from desktop.core.cache_files import Kind
from desktop.core.types import EngineOptions, FlashAttention, KvType
from desktop.engine.api import Phase, Prepare, PromptProgress
from tests.engine.harness import Harness, answer, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.core.types import InstalledModel

# One thread: with two, a second one waits busily, and the machine has other things to do.
OPTIONS = EngineOptions(context_length=2048, threads=1)
KEEPING = replace(OPTIONS, keeps_conversations=True)
FOLLOW_UP = question("What colour is the circle?")
WAIT_S = 20.0


@contextmanager
def run(model: InstalledModel, options: EngineOptions = OPTIONS) -> Iterator[RealEngine]:
    """An engine from start to end; whatever it has for the disk is on it then."""
    engine = RealEngine(model, options)
    disk = engine.engine._disk
    yield engine
    engine.engine.rest()
    assert disk is None or disk.finish(WAIT_S)
    engine.close()


def files(kind: Kind) -> list[Path]:
    found = cache_files.cache_files(paths.engine_cache_dir())
    return [file.path for file in found if file.kind is kind]


def spoil(path: Path, place: int = -1) -> None:
    """Turn one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


# --- pictures -------------------------------------------------------------------------------------


def test_that_after_a_restart_a_known_picture_is_not_encoded_again(
    model: InstalledModel, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model) as first:
        text, before = first.ask(asked)
        logits = first.logits(asked)
    assert (before.usage.pictures_encoded, before.usage.pictures_from_disk) == (1, 0)
    with run(model) as second:
        again, after = second.ask(asked)
        assert again == text
        assert (after.usage.pictures_encoded, after.usage.pictures_from_disk) == (0, 1)
        np.testing.assert_array_equal(second.logits(asked), logits)
        other = question(DESCRIBE, shape(tmp_path, "blue"))
        assert second.ask(other)[1].usage.pictures_encoded == 1


def test_that_a_prepared_picture_is_kept_and_found_as_well(
    model: InstalledModel, tmp_path: Path
) -> None:
    open_question = Prepare("r", (question("", shape(tmp_path, "red")),))
    with run(model) as first:
        assert first.engine.prepare(open_question, RecordingJob()).usage.pictures_encoded == 1
    with run(model) as second:
        job = RecordingJob()
        assert second.engine.prepare(open_question, job).usage.pictures_from_disk == 1
        shown = [event.phase for event in job.events if isinstance(event, PromptProgress)]
        assert Phase.ENCODE not in shown


def test_that_a_picture_shown_twice_counts_once(model: InstalledModel, tmp_path: Path) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"), shape(tmp_path, "red"))
    for encoded in (1, 0):
        with run(model) as engine:
            usage = engine.ask(asked)[1].usage
            assert (usage.pictures_encoded, usage.pictures_from_disk) == (encoded, 1 - encoded)


def test_that_a_damaged_embedding_is_dropped_and_computed_anew(
    model: InstalledModel, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model) as first:
        text, _ = first.ask(asked)
    (path,) = files(Kind.PICTURE)
    whole = path.read_bytes()
    spoil(path)
    with run(model) as second:
        again, after = second.ask(asked)
    assert again == text
    assert (after.usage.pictures_encoded, after.usage.pictures_from_disk) == (1, 0)
    assert path.read_bytes() == whole  # written again


def test_that_what_runs_otherwise_does_not_share_embeddings(
    model: InstalledModel, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model) as first:
        first.ask(asked)
    for options in (OPTIONS, replace(OPTIONS, flash_attention=FlashAttention.OFF)):
        with run(model, options) as other:
            is_same = options is OPTIONS
            assert other.ask(asked)[1].usage.pictures_from_disk == int(is_same)


def test_that_nothing_is_kept_without_a_budget(model: InstalledModel, tmp_path: Path) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    for _ in range(2):
        with run(model, replace(KEEPING, disk_cache_bytes=0)) as engine:
            assert engine.ask(asked)[1].usage.pictures_encoded == 1
    assert not paths.engine_cache_dir().exists()


def test_that_a_deleted_picture_does_not_come_back(model: InstalledModel, tmp_path: Path) -> None:
    picture = shape(tmp_path, "red")
    with run(model) as engine:
        engine.ask(question(DESCRIBE, picture))
        assert engine.engine._disk.finish(WAIT_S)
        cache_files.forget_pictures(paths.engine_cache_dir(), [picture.sha256])
        assert files(Kind.PICTURE) == []
        engine.ask(question("Is it red?", picture))
    assert files(Kind.PICTURE) == []


# --- conversations --------------------------------------------------------------------------------


@pytest.mark.parametrize("kv_type", [KvType.F16, KvType.Q4_0])
def test_that_after_a_restart_a_conversation_goes_on_where_it_was(
    model: InstalledModel, tmp_path: Path, kv_type: KvType
) -> None:
    options = replace(KEEPING, kv_type=kv_type)
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model, options) as first:
        text, finished = first.ask(opening)
        warm = first.logits(opening, answer(text), FOLLOW_UP)
    with run(model, options) as second:
        turn = (opening, answer(text), FOLLOW_UP)
        assert second.kept(*turn) >= finished.usage.prompt_tokens
        np.testing.assert_allclose(second.logits(*turn), warm, atol=0.001)
        usage = second.ask(*turn)[1].usage
        assert (usage.pictures_encoded, usage.pictures_from_disk) == (0, 0)
    assert len(files(Kind.CONVERSATION)) == 1  # the earlier moment went


def test_that_conversations_are_not_kept_unless_wanted(
    model: InstalledModel, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model) as first:
        text, _ = first.ask(opening)
    assert files(Kind.CONVERSATION) == []
    with run(model, KEEPING) as second:
        usage = second.ask(opening, answer(text), FOLLOW_UP)[1].usage
        assert usage.reused_tokens < 16
        assert usage.pictures_from_disk == 1


@pytest.mark.parametrize("place", [40, -1])
def test_that_a_damaged_conversation_is_read_anew(
    model: InstalledModel, tmp_path: Path, place: int
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model, KEEPING) as first:
        text, _ = first.ask(opening)
    spoil(files(Kind.CONVERSATION)[0], place)
    with run(model, KEEPING) as second:
        again, finished = second.ask(opening)
    assert again == text
    assert finished.usage.reused_tokens == 0
    assert finished.usage.pictures_from_disk == 1


def test_that_a_conversation_in_another_form_is_not_taken(
    model: InstalledModel, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    with run(model, KEEPING) as first:
        text, _ = first.ask(opening)
    with run(model, replace(KEEPING, kv_type=KvType.Q8_0)) as second:
        assert second.ask(opening, answer(text), FOLLOW_UP)[1].usage.reused_tokens < 16


def test_that_a_conversation_that_was_deleted_meanwhile_is_not_written(
    model: InstalledModel, tmp_path: Path
) -> None:
    with run(model, KEEPING) as engine:
        engine.ask(question(DESCRIBE, shape(tmp_path, "red")))
        cache_files.forget_conversations(paths.engine_cache_dir())
    assert files(Kind.CONVERSATION) == []


def test_that_it_is_so_between_real_processes_too(model: InstalledModel, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    with Harness() as worker:
        worker.load(model, KEEPING)
        text, _ = worker.ask([opening])
        worker.wait_until(lambda: bool(files(Kind.CONVERSATION)))  # when it has time
        worker.ask([question(DESCRIBE, shape(tmp_path, "blue"))])
        # It ends at once: what it still had to write is written.
    with Harness() as worker:
        worker.load(model, KEEPING)
        _, finished = worker.ask([opening, answer(text), FOLLOW_UP])
        assert finished.usage.reused_tokens > 30
        assert finished.usage.pictures_encoded == 0
        again, finished = worker.ask([question(DESCRIBE, shape(tmp_path, "blue"))])
        assert finished.usage.pictures_from_disk == 1
        assert "blue" in again.lower()
