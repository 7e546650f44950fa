"""The worker process itself: what it may not do, and what it may not tell."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from typing_extensions import override

from desktop.core import paths
from desktop.core.types import EngineKind
from desktop.engine import wire, worker
from desktop.engine.api import EngineInspected, LoadModel, PromptPrepared, Shutdown
from desktop.engine.fake import FakeEngine
from tests.engine.harness import fake_model, question, shape

if TYPE_CHECKING:
    from tests.engine.harness import Harness

NETWORK = """
import socket, sys
from desktop.engine import worker
def network():
    {attempt}
worker.Worker.run = lambda self: network()
worker.main()
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    ],
)
def test_that_a_worker_cannot_open_a_connection(attempt: str) -> None:
    code = NETWORK.format(attempt=attempt)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "the engine worker opens no connections" in done.stderr


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_that_a_worker_that_answered_holds_no_socket(mini: Harness, tmp_path: Path) -> None:
    mini.client.prepare([question("", shape(tmp_path, "red"))])
    mini.wait(PromptPrepared)
    mini.ask([question("Describe this image.", shape(tmp_path, "red"))])
    kinds = [str(fd.readlink()) for fd in Path(f"/proc/{mini.pid}/fd").iterdir()]
    assert kinds
    assert not [kind for kind in kinds if kind.startswith("socket:")]
    assert not psutil.Process(mini.pid).net_connections()


def test_that_logs_hold_neither_prompt_nor_answer_nor_file_name(
    mini: Harness, tmp_path: Path
) -> None:
    private_text = "Zebrafish <|im_end|> 秘密"
    picture = shape(tmp_path, "red")
    answer, _ = mini.ask([question(private_text, picture)])
    mini.ask([question("Describe this image.", picture)])
    logged = b"".join(f.read_bytes() for f in paths.log_dir().rglob("*") if f.is_file())
    assert logged  # llama.cpp's warnings are there
    for private in ("Zebrafish", "秘密", picture.source_name, picture.path.name):
        assert private.encode() not in logged
    assert len(answer) < 8 or answer.encode() not in logged


def test_that_another_engine_is_asked_beside_the_one_with_the_model(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, reply="fine"))
    for kind in (EngineKind.LLAMA_CPP, EngineKind.FAKE):
        worker.client.inspect(kind)
        assert worker.wait(EngineInspected).devices
    assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_bug_in_an_engine_is_logged_without_its_values() -> None:
    code = """
from desktop.engine import worker
try:
    secret = "Zebrafish"
    raise ValueError(secret)
except ValueError as error:
    import logging
    logging.basicConfig()
    worker._log_without_content(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ValueError" in done.stderr
    assert "Zebrafish" not in done.stderr.replace('secret = "Zebrafish"', "")


def test_that_idle_time_is_used_and_a_failure_in_it_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    rested = threading.Event()

    private = "Zebrafish"

    class Tired(FakeEngine):
        @override
        def rest(self) -> None:
            rested.set()
            raise ValueError(private)

    monkeypatch.setattr(worker, "_REST_AFTER_S", 0.01)
    monkeypatch.setattr(worker, "create_engine", lambda _kind: Tired())
    load = LoadModel(fake_model(tmp_path))
    reader, writer = os.pipe()
    events = io.BytesIO()
    with os.fdopen(reader, "rb") as commands, os.fdopen(writer, "wb", buffering=0) as sending:
        process = worker.Worker(commands, events)
        running = threading.Thread(target=process.run)
        running.start()
        for _ in range(2):
            rested.clear()
            sending.write(wire.encode(load))
            assert rested.wait(20)
        sending.write(wire.encode(Shutdown()))
        running.join(20)
    assert events.getvalue().count(b"ModelLoaded") == 2
    assert "ValueError" in caplog.text
    assert private not in caplog.text
