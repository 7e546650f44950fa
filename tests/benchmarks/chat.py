"""Time to the first token through a chat's life, beside the stock chat handler in the same run.

    python -m tests.benchmarks.chat --model F --mmproj F [--side 384] [--output F.json]

Prints JSON: for each step seconds to the first token and tokens per second, ours and the stock
`MTMDChatHandler`'s, and the ratio. Both use the same files, threads and pictures; each has its own
process, and they run one after the other.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from desktop.core.types import GenerationSettings
from desktop.engine.api import GenerationFinished, PromptPrepared
from tests.benchmarks.session import Session, picture
from tests.engine.harness import answer, question

Step = dict[str, float | int | None]
STEPS = ("first", "follow_up", "new_chat_same_picture", "other_picture", "back_to_first_chat")
QUESTIONS = ("what is in this picture", "and what is behind it", "name the colours", "say it again")
CONTEXT = 4096
GREEDY = GenerationSettings(max_tokens=16, temperature=0.0, presence_penalty=0.0)


def ours(model: Path, mmproj: Path, folder: Path, side: int, prepare_s: float) -> dict[str, Step]:
    """Every step through the real worker process."""
    one, two = picture(folder, "one", side, 1), picture(folder, "two", side, 2)
    third = picture(folder, "three", side, 3)
    steps: dict[str, Step] = {}
    with Session(model, mmproj, CONTEXT) as session:

        def ask(name: str, *messages: Any) -> str:
            started = time.perf_counter()
            text, finished = session.ask(messages, GREEDY)
            steps[name] = _figures(finished, time.perf_counter() - started)
            return text

        first = ask("first", question(QUESTIONS[0], one))
        chat = (question(QUESTIONS[0], one), answer(first), question(QUESTIONS[1]))
        second = ask("follow_up", *chat)
        ask("new_chat_same_picture", question(QUESTIONS[2], one))
        ask("other_picture", question(QUESTIONS[0], two))
        ask("back_to_first_chat", *chat, answer(second), question(QUESTIONS[3]))
        session.client.prepare([question("", third)])
        time.sleep(prepare_s)
        ask(f"prepared_{prepare_s:g}_s_then_sent", question(QUESTIONS[0], third))
        fourth = picture(folder, "four", side, 4)
        started = time.perf_counter()
        session.client.prepare([question("", fourth)])
        session.wait(PromptPrepared)
        preparing_s = time.perf_counter() - started
        ask("fully_prepared_then_sent", question(QUESTIONS[0], fourth))
        steps["fully_prepared_then_sent"]["preparing_s"] = round(preparing_s, 3)
    return steps


def _figures(finished: GenerationFinished, wall_s: float) -> Step:
    """First token as seen by the caller: what the worker waited before it began counts too."""
    timings, usage = finished.timings, finished.usage
    speed = timings.tokens_per_second(usage)
    return {
        "first_token_s": round(wall_s - timings.decode_s, 3),
        "tokens_per_s": round(speed, 2) if speed else None,
        "prompt_tokens": usage.prompt_tokens,
        "reused_tokens": usage.reused_tokens,
        "pictures_encoded": usage.pictures_encoded,
    }


def stock(model: Path, mmproj: Path, folder: Path, side: int) -> dict[str, Step]:
    """The same steps in this process with llama-cpp-python's own chat handler."""
    from llama_cpp import Llama  # noqa: PLC0415 - only in the child that measures it
    from llama_cpp.llama_chat_format import MTMDChatHandler  # noqa: PLC0415

    handler = MTMDChatHandler(clip_model_path=str(mmproj), verbose=False)
    threads = os.cpu_count() or 1
    llama = Llama(
        str(model),
        chat_handler=handler,
        n_ctx=CONTEXT,
        n_threads=threads,
        n_threads_batch=threads,
        verbose=False,
    )
    steps: dict[str, Step] = {}

    def user(text: str, name: str | None = None, seed: int = 0) -> dict[str, Any]:
        if name is None:
            return {"role": "user", "content": text}
        raw = picture(folder, name, side, seed).path.read_bytes()
        url = "data:image/png;base64," + base64.b64encode(raw).decode()
        parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
        return {"role": "user", "content": parts}

    def ask(name: str, *messages: dict[str, Any]) -> str:
        started = time.perf_counter()
        times, text = [], ""
        stream = llama.create_chat_completion(
            list(messages),
            stream=True,
            max_tokens=GREEDY.max_tokens,
            temperature=0.0,
            repeat_penalty=1.0,
        )
        for chunk in stream:
            piece = chunk["choices"][0]["delta"].get("content")
            if piece is not None:  # the first and the last chunk carry no token
                text += piece
                times.append(time.perf_counter())
        spent = times[-1] - times[0]
        speed = (len(times) - 1) / spent if len(times) > 2 and spent > 0 else None
        steps[name] = {
            "first_token_s": round(times[0] - started, 3),
            "tokens_per_s": round(speed, 2) if speed else None,
        }
        return text

    def said(text: str) -> dict[str, Any]:
        return {"role": "assistant", "content": text}

    opening = user(QUESTIONS[0], "one", 1)
    first = ask("first", opening)
    chat = (opening, said(first), user(QUESTIONS[1]))
    second = ask("follow_up", *chat)
    ask("new_chat_same_picture", user(QUESTIONS[2], "one", 1))
    ask("other_picture", user(QUESTIONS[0], "two", 2))
    ask("back_to_first_chat", *chat, said(second), user(QUESTIONS[3]))
    llama.close()
    return steps


def compare(options: argparse.Namespace) -> dict[str, Any]:
    """Run both and put them side by side."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mine = ours(options.model, options.mmproj, folder, options.side, options.prepare)
        command = [sys.executable, "-m", "tests.benchmarks.chat", "--stock"]
        command += [
            "--model",
            options.model,
            "--mmproj",
            options.mmproj,
            "--side",
            str(options.side),
        ]
        child = subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True
        )
    theirs = json.loads(child.stdout.splitlines()[-1])
    first = mine["first"]["first_token_s"] or 0
    ratios = {
        name: round((mine[name]["first_token_s"] or 0) / theirs[name]["first_token_s"], 4)
        for name in STEPS
    }
    prepared = {
        name: round((step["first_token_s"] or 0) / first, 4)
        for name, step in mine.items()
        if name not in STEPS
    }
    return {
        "model": options.model.name,
        "picture_side_px": options.side,
        "ours": mine,
        "stock": theirs,
        "first_token_ours_over_stock": ratios,
        "first_token_prepared_over_unprepared": prepared,
    }


def main() -> None:
    """Parse and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--mmproj", type=Path, required=True)
    parser.add_argument("--side", type=int, default=384, help="pixels of the square pictures")
    parser.add_argument("--prepare", type=float, default=5.0, help="seconds a person types")
    parser.add_argument("--stock", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stock:
        with tempfile.TemporaryDirectory() as name:
            print(json.dumps(stock(options.model, options.mmproj, Path(name), options.side)))
        return
    print(json.dumps(compare(options), indent=2))


if __name__ == "__main__":
    main()
