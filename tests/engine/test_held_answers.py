"""Answers held to a JSON Schema by both real engines: whole, true to the cache, refused early."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec.structs import replace

from desktop.core.errors import EngineError, ErrorCode, SchemaError
from desktop.core.form_fields import build_schema, parse_fields
from desktop.core.types import EngineOptions, GenerationSettings, StopReason
from desktop.engine.api import Generate, PromptProgress, TextDelta
from desktop.engine.shared.cache import cell_count
from tests.engine.harness import GREEDY, answer, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel
    from tests.engine.harness import WorkerPool

FIELDS = "colour:choice(red|blue|green), round:yesno, count:integer, seen on:date, size:number?"


def held(schema: str | dict[str, Any], **more: Any) -> GenerationSettings:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return replace(GREEDY, max_tokens=400, json_schema=text, **more)


def test_that_an_answer_has_every_field_in_its_kind(real: RealEngine, tmp_path: Path) -> None:
    settings = held(build_schema(parse_fields(FIELDS)))
    text, finished = real.ask(question(DESCRIBE, shape(tmp_path, "red")), settings=settings)
    assert finished.stop_reason is StopReason.END
    found = json.loads(text)
    assert list(found) == ["colour", "round", "count", "seen on", "size"]
    assert found["colour"] in {"red", "blue", "green"}
    assert isinstance(found["round"], bool)
    assert isinstance(found["count"], int)
    assert len(found["seen on"].split("-")) == 3
    assert found["size"] is None or isinstance(found["size"], int | float)


def test_that_a_choice_goes_by_what_the_model_sees(real: RealEngine, tmp_path: Path) -> None:
    """Held to two answers, the built-in model still tells the colours apart."""
    schema = held({"enum": ["A red circle", "A blue circle"]})
    for colour in ("red", "blue"):
        text, _ = real.ask(question(DESCRIBE, shape(tmp_path, colour)), settings=schema)
        assert colour in text


@pytest.mark.parametrize("seed", [1, 2])
def test_that_a_hot_answer_is_json_all_the_same(real: RealEngine, seed: int) -> None:
    name = 'Name "\\ 名称 🙂'
    part = {"type": "string", "maxLength": 12}
    schema = {
        "properties": {
            name: part,
            "list": {"type": "array", "items": {"properties": {"a": part}}, "maxItems": 3},
        },
        "required": [name, "list"],
    }
    settings = held(schema, temperature=3.0, top_p=1.0, top_k=0, seed=seed)
    text, finished = real.ask(question("Fill it in."), settings=settings)
    assert finished.stop_reason is StopReason.END
    found = json.loads(text)
    assert list(found) == [name, "list"]
    assert len(found[name]) <= 12
    assert all(row.keys() <= {"a"} for row in found["list"])


def test_that_any_json_may_be_asked_for(real: RealEngine) -> None:
    text, finished = real.ask(question("Say it."), settings=held({"type": "integer", "maximum": 9}))
    assert finished.stop_reason is StopReason.END
    assert json.loads(text) <= 9


def test_that_the_cache_is_true_after_forced_tokens(real: RealEngine, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    settings = held(build_schema(parse_fields(f"a rather long name of a field:yesno, {FIELDS}")))
    text, finished = real.ask(opening, settings=settings)
    assert finished.usage.context_used == cell_count(real.held)
    turn = (opening, answer(text), question("What colour is the circle?"))
    assert real.kept(*turn) >= finished.usage.context_used
    fresh = RealEngine(real.model)
    fresh.chat._answers = real.chat._answers  # the same token ids, evaluated all at once
    np.testing.assert_allclose(real.logits(*turn), fresh.logits(*turn), atol=0.05)
    fresh.close()


def test_that_a_free_answer_is_free_again_afterwards(real: RealEngine, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    before, _ = real.ask(opening)
    real.ask(opening, settings=held({"type": "boolean"}))
    assert real.ask(opening)[0] == before


def test_that_an_answer_cut_short_is_said_to_be(real: RealEngine) -> None:
    settings = replace(held(build_schema(parse_fields(FIELDS))), max_tokens=7)
    text, finished = real.ask(question("Fill it in."), settings=settings)
    assert finished.stop_reason is StopReason.LENGTH
    assert finished.usage.answer_tokens == 7
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert real.ask(question("Fill it in."), settings=held({"const": 1}))[0] == "1"


def test_that_a_cancel_between_forced_tokens_leaves_the_cache_true(real: RealEngine) -> None:
    asked = question("Fill it in.")
    settings = held(build_schema(parse_fields(f"a rather long name of a field:yesno, {FIELDS}")))
    job = RecordingJob(cancel_at=lambda event: isinstance(event, TextDelta))
    finished = real.engine.generate(Generate("r", (asked,), settings), job)
    assert finished.stop_reason is StopReason.CANCELLED
    np.testing.assert_allclose(real.logits(asked), real.cold_logits(asked), atol=0.05)


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ("{", ErrorCode.SCHEMA_NOT_JSON),
        ('{"not": {}}', ErrorCode.SCHEMA_NOT_HELD),
        ('{"type": "integer", "minimum": 5, "maximum": 3}', ErrorCode.SCHEMA_REFUSED),
        ('{"type": "string", "pattern": "[a-z"}', ErrorCode.SCHEMA_WRONG),
        ('{"$ref": "#"}', ErrorCode.SCHEMA_REFUSED),
        ('{"properties": {"c": {"$ref": "#"}}, "required": ["c"]}', ErrorCode.SCHEMA_REFUSED),
        ('{"const": ' + "[" * 200 + "]" * 200 + "}", ErrorCode.SCHEMA_REFUSED),
    ],
)
def test_that_a_schema_is_refused_before_any_work(
    real: RealEngine, schema: str, code: ErrorCode
) -> None:
    job = RecordingJob()
    command = Generate("r", (question("Fill it in."),), replace(GREEDY, json_schema=schema))
    with pytest.raises((SchemaError, EngineError)) as caught:
        real.engine.generate(command, job)
    assert caught.value.code is code
    assert not [event for event in job.events if isinstance(event, PromptProgress)]
    assert real.ask(question("Fill it in."), settings=held({"const": 1}))[0] == "1"


def test_that_a_worker_answers_with_json_and_refuses_with_a_sentence(
    pool: WorkerPool, model: InstalledModel
) -> None:
    worker = pool.worker(model.engine)
    worker.load(model, EngineOptions(context_length=2048, threads=1))
    asked = [question("Fill it in.")]
    text, finished = worker.ask(asked, held(build_schema(parse_fields("a:yesno, b:integer?"))))
    assert finished.stop_reason is StopReason.END
    assert list(json.loads(text)) == ["a", "b"]
    worker.client.generate(asked, held({"minimum": 5, "maximum": 3, "type": "integer"}))
    failed = worker.next()
    assert failed.code is ErrorCode.SCHEMA_REFUSED  # type: ignore[union-attr]
