from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.types import (
    Adapter,
    Device,
    EngineKind,
    EngineOptions,
    FlashAttention,
    GenerationSettings,
    ImageAttachment,
    InstalledModel,
    KvType,
    Message,
    PictureBudget,
    PictureLimits,
    Role,
    StopReason,
    Timings,
    Usage,
)
from desktop.engine import api, wire

PICTURE = ImageAttachment("ab" * 32, "image/jpeg", 40, 30, 0, Path("/tmp/图 片/a b.png"), "票.jpg")
MESSAGES = (
    Message(
        Role.USER, 'quotes " and \n new lines \u2028 and 你好', (PICTURE,), PictureBudget.DETAIL
    ),
    Message(Role.ASSISTANT, ""),
)
ODD = Path(os.fsdecode(b"/m/\xff\xfe 100%.gguf"))  # legal on Linux, no UTF-8
MODEL = InstalledModel(
    "id",
    "Name",
    EngineKind.LLAMA_CPP,
    Path("/m/模型.gguf"),
    ODD,
    PictureLimits(9, 64, 16),
    adapters=(Adapter(ODD, 0.5),),
)

COMMANDS: list[api.EngineCommand] = [
    api.LoadModel(MODEL, EngineOptions(4096, -1, 2, KvType.Q8_0, FlashAttention.ON, 1 << 33)),
    api.Prepare("r1", MESSAGES),
    api.Generate("r2", MESSAGES, GenerationSettings(seed=7)),
    api.Cancel(None),
    api.Cancel("r2"),
    api.Inspect(EngineKind.FAKE),
    api.Shutdown(),
]
EVENTS: list[api.EngineEvent] = [
    api.WorkerReady(12),
    api.ModelLoading(0.5),
    api.ModelLoaded("id", 4096, has_gpu=False, can_see=True, threads=2, load_s=0.1),
    api.ModelLoaded(
        "id",
        4096,
        True,
        True,
        2,
        0.1,
        EngineKind.MLX,
        api.Reduction(2048, KvType.Q8_0, 12),
        1 << 33,
    ),
    api.ModelUnloaded(),
    api.PromptProgress("r1", api.Phase.ENCODE, 3, 24),
    api.PromptPrepared("r1", is_complete=True, usage=Usage(5, 4), timings=Timings(0.1, 0.2)),
    api.TextDelta("r1", "好\n"),
    api.AnswerRestarted("r1"),
    api.GenerationFinished("r1", StopReason.LOOP, Usage(), Timings()),
    api.EngineInspected({"a": "1"}, (Device("CPU", "x", "cpu", 1, 3 << 40),)),
    api.EngineFailed(None, ErrorCode.OUT_OF_MEMORY, "No.", {"needed": "3 GB"}),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: type(c).__name__)
def test_that_a_command_survives_the_wire(command: api.EngineCommand) -> None:
    line = wire.encode(command)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert wire.decode_command(line) == command


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_that_an_event_survives_the_wire(event: api.EngineEvent) -> None:
    assert wire.decode_event(wire.encode(event)) == event


def test_that_every_command_and_event_is_tried_here() -> None:
    assert {type(c) for c in COMMANDS} == set(get_args(api.EngineCommand))
    assert {type(e) for e in EVENTS} == set(get_args(api.EngineEvent))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"llama_model_loader: loaded\n",
        b"[]\n",
        b"{}\n",
        b'{"type":"Nothing"}\n',
        b'{"type":"TextDelta","request_id":"r"}\n',
        b'{"type":"TextDelta","request_id":"r","text":7}\n',
        b'{"type":"TextDelta","request_id":"r","text":"\xff"}\n',
        b'{"type":"GenerationFinished","request_id":"r","stop_reason":"tired"}\n',
    ],
)
def test_that_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode_event(line)


def test_that_a_command_is_no_event() -> None:
    with pytest.raises(wire.WireError):
        wire.decode_event(wire.encode(api.Shutdown()))
