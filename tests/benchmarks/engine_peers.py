"""Who the engine benchmark asks: ours, the stock chat handler, and llama.cpp's own server.

Each has a process of its own and the same files, threads and context length; all draw greedily. The
server needs `pip install xllamacpp`; it caches prompts as it does by default.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import os
import queue
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace

from desktop.core.types import GenerationSettings, Role
from tests.benchmarks.session import Session
from tests.engine.harness import answer, attachment, question

MOST_TOKENS = 16
GREEDY = GenerationSettings(max_tokens=MOST_TOKENS, temperature=0.0, presence_penalty=0.0)


@dataclass(frozen=True)
class Turn:
    """What somebody says, with the path of a picture or none."""

    role: Role
    text: str
    picture: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer, and the seconds from asking to its first token."""

    text: str
    first_token_s: float


@dataclass(frozen=True)
class Setup:
    """What all of them are given."""

    model: Path
    mmproj: Path
    context_length: int
    threads: int


class Peer(Protocol):
    """Somebody to chat with. `restart` ends the process and loads the model again."""

    def ask(self, turns: list[Turn]) -> Reply:
        """The answer to the last turn."""

    def restart(self) -> None:
        """Forget everything that is not on disk."""

    def close(self) -> None:
        """End the process."""


class Ours:
    """The real worker process."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._session = self._open()

    def _open(self) -> Session:
        setup = self._setup
        session = Session(setup.model, setup.mmproj, setup.context_length)
        session.options = replace(session.options, threads=setup.threads, disk_cache_bytes=1 << 30)
        return session.__enter__()

    def ask(self, turns: list[Turn]) -> Reply:
        """Through the client, as the window does."""
        messages = [
            answer(turn.text)
            if turn.role is Role.ASSISTANT
            else question(turn.text, *([attachment(Path(turn.picture))] if turn.picture else []))
            for turn in turns
        ]
        started = time.perf_counter()
        text, finished = self._session.ask(messages, GREEDY)
        # What the request waited before it was received counts, and so does the way back.
        return Reply(text, time.perf_counter() - started - finished.timings.decode_s)

    def restart(self) -> None:
        """A new worker."""
        self.close()
        self._session = self._open()

    def close(self) -> None:
        """End the worker."""
        self._session.__exit__()


class InChild:
    """A peer of another library, in a child process: a line of turns in, a line of reply out."""

    def __init__(self, name: str, setup: Setup) -> None:
        self._name, self._setup = name, setup
        self._process = self._open()

    def _open(self) -> subprocess.Popen[str]:
        values = [str(value) for value in asdict(self._setup).values()]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.engine_peers", self._name, *values],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        _read(process)
        return process

    def ask(self, turns: list[Turn]) -> Reply:
        """Hand the turns over and wait."""
        _write(self._process, json.dumps([asdict(turn) for turn in turns]))
        return Reply(**_read(self._process))

    def restart(self) -> None:
        """A new process."""
        self.close()
        self._process = self._open()

    def close(self) -> None:
        """End the process by closing its stdin."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait(30)


def available_peers() -> dict[str, str]:
    """Names of the peers that are not ours, and why one cannot be asked; empty if it can."""
    has_server = importlib.util.find_spec("xllamacpp") is not None
    return {"stock": "", "server": "" if has_server else "xllamacpp is not installed"}


def _write(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin is not None:
        process.stdin.write(line + "\n")
        process.stdin.flush()


def _read(process: subprocess.Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise RuntimeError(f"the other library's process ended with {process.wait(30)}")
    found: dict[str, Any] = json.loads(line)
    return found


# --- inside the child processes -------------------------------------------------------------------


class Stock:
    """llama-cpp-python's `MTMDChatHandler`."""

    def __init__(self, setup: Setup) -> None:
        from llama_cpp import Llama  # noqa: PLC0415 - only in the child that asks it
        from llama_cpp.llama_chat_format import MTMDChatHandler  # noqa: PLC0415

        self._llama = Llama(
            str(setup.model),
            chat_handler=MTMDChatHandler(clip_model_path=str(setup.mmproj), verbose=False),
            n_ctx=setup.context_length,
            n_threads=setup.threads,
            n_threads_batch=setup.threads,
            verbose=False,
        )

    def ask(self, turns: list[Turn]) -> Reply:
        """Stream one completion."""
        started = time.perf_counter()
        stream = self._llama.create_chat_completion(
            _as_messages(turns),
            stream=True,
            max_tokens=MOST_TOKENS,
            temperature=0.0,
            repeat_penalty=1.0,
        )
        return _collect(started, ((time.perf_counter(), chunk) for chunk in stream))


class Server:
    """llama.cpp's server, inside the process that asks it: no HTTP between."""

    def __init__(self, setup: Setup) -> None:
        import xllamacpp  # type: ignore[import-not-found]  # noqa: PLC0415 - optional

        params = xllamacpp.CommonParams()
        params.model.path = str(setup.model)
        params.mmproj.path = str(setup.mmproj)
        params.n_ctx = setup.context_length
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = setup.threads
        params.warmup = False
        params.use_jinja = True
        self._server = xllamacpp.Server(params)

    def ask(self, turns: list[Turn]) -> Reply:
        """Stream one completion; the server works on threads of its own."""
        chunks: queue.SimpleQueue[tuple[float, Any]] = queue.SimpleQueue()
        request = {
            "messages": _as_messages(turns),
            "stream": True,
            "max_tokens": MOST_TOKENS,
            "temperature": 0.0,
            "cache_prompt": True,
        }
        started = time.perf_counter()
        self._server.handle_chat_completions(
            request, lambda chunk: chunks.put((time.perf_counter(), chunk))
        )
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(chunks.get_nowait())
        return _collect(started, found)


def _as_messages(turns: list[Turn]) -> list[dict[str, Any]]:
    """As OpenAI's API has them; pictures as data."""
    messages = []
    for turn in turns:
        content: str | list[dict[str, Any]] = turn.text
        if turn.picture:
            data = base64.b64encode(Path(turn.picture).read_bytes()).decode()
            url = {"url": f"data:image/png;base64,{data}"}
            content = [
                {"type": "image_url", "image_url": url},
                {"type": "text", "text": turn.text},
            ]
        messages.append({"role": str(turn.role), "content": content})
    return messages


def _collect(started: float, chunks: Any) -> Reply:
    """The text, and when its first piece came; chunks without text are no tokens."""
    first, text = None, ""
    for at, chunk in chunks:
        if "error" in chunk:
            raise RuntimeError(str(chunk["error"]))
        for choice in chunk.get("choices", ()):
            piece = choice.get("delta", {}).get("content")
            if piece:
                first = at if first is None else first
                text += piece
    return Reply(text, (time.perf_counter() if first is None else first) - started)


def _turn(fields: dict[str, str]) -> Turn:
    return Turn(Role(fields["role"]), fields["text"], fields["picture"])


def main() -> None:
    """Arguments: the peer's name and the fields of `Setup`."""
    name, model, mmproj, context_length, threads = sys.argv[1:]
    lines = os.fdopen(os.dup(1), "w")  # native code prints to 1
    os.dup2(2, 1)
    setup = Setup(Path(model), Path(mmproj), int(context_length), int(threads))
    peer = Stock(setup) if name == "stock" else Server(setup)
    print("{}", file=lines, flush=True)
    for line in sys.stdin:
        reply = peer.ask([_turn(fields) for fields in json.loads(line)])
        print(json.dumps(asdict(reply)), file=lines, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
