"""The worker process itself: what it may not do, and what it may not tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from desktop.core import paths
from desktop.engine.api import PromptPrepared
from tests.engine.harness import question, shape

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


def test_that_a_bug_in_an_engine_is_logged_without_its_values(
    worker: Harness, tmp_path: Path
) -> None:
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
