"""Time to the first token through a chat's life on MLX, beside mlx_vlm's own in the same run.

    python -m tests.benchmarks.mlx [--model FOLDER] [--side 160] [--rounds 3] [--output F.json]

Prints JSON: for each step seconds to the first token and tokens per second, ours (the real worker
process) and the stock `stream_generate`'s, as it is and with its prefix cache, and the ratios. All
see the same pixels and draw greedily; each has its own process, and they run one after the other.
With its prefix cache the stock generator takes another picture of the same size for the first one
and answers at once, about the wrong picture: there `other_picture` compares with no work at all.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineKind, EngineOptions, GenerationSettings, InstalledModel
from desktop.engine.api import EngineInspected, PromptPrepared
from tests.benchmarks.session import picture
from tests.engine.harness import Harness, answer, question

Step = dict[str, float | None]
STEPS = ("first", "follow_up", "new_chat_same_picture", "other_picture", "back_to_first_chat")
QUESTIONS = ("what is in this picture", "and what is behind it", "name the colours", "say it again")
GREEDY = GenerationSettings(max_tokens=16, temperature=0.0, presence_penalty=0.0)


def ours(model: Path, folder: Path, side: int, seed: int) -> dict[str, Step]:
    """Every step through the real worker process."""
    one, two = picture(folder, "one", side, seed), picture(folder, "two", side, seed + 1)
    three = picture(folder, "three", side, seed + 2)
    steps: dict[str, Step] = {}
    with Harness(timeout_s=900) as worker:
        worker.client.inspect(EngineKind.MLX)
        worker.wait(EngineInspected)
        installed = InstalledModel("benchmark", "", EngineKind.MLX, model, None)
        options = EngineOptions(context_length=4096, disk_cache_bytes=0)
        loaded = worker.load(installed, options)
        steps["load"] = {"seconds": round(loaded.load_s, 3)}

        def ask(name: str, *messages: Any) -> str:
            started = time.perf_counter()
            text, finished = worker.ask(messages, GREEDY)
            wall = time.perf_counter() - started
            speed = finished.timings.tokens_per_second(finished.usage)
            steps[name] = {
                "first_token_s": round(wall - finished.timings.decode_s, 4),
                "tokens_per_s": speed and round(speed, 2),
                "reused_tokens": finished.usage.reused_tokens,
            }
            return text

        first = ask("first", question(QUESTIONS[0], one))
        chat = (question(QUESTIONS[0], one), answer(first), question(QUESTIONS[1]))
        second = ask("follow_up", *chat)
        ask("new_chat_same_picture", question(QUESTIONS[2], one))
        ask("other_picture", question(QUESTIONS[0], two))
        ask("back_to_first_chat", *chat, answer(second), question(QUESTIONS[3]))
        worker.client.prepare([question("", three)])
        worker.wait(PromptPrepared)
        ask("prepared_then_sent", question(QUESTIONS[0], three))
    return steps


def stock(model: Path, folder: Path, side: int, seed: int, *, has_cache: bool) -> dict[str, Step]:
    """The same steps in this process with `mlx_vlm.stream_generate`."""
    import mlx.core as mx  # noqa: PLC0415 - only in the child that measures it
    from mlx_vlm import PromptCacheState, load, stream_generate  # noqa: PLC0415

    if not mx.metal.is_available():
        mx.disable_compile()
    loaded, processor = load(str(model), trust_remote_code=False)
    steps: dict[str, Step] = {}
    state = PromptCacheState()

    def ask(name: str, pictures: list[Path], *messages: tuple[str, str]) -> str:
        started = time.perf_counter()
        turns = [
            {
                "role": role,
                "content": [{"type": "image"}] * (len(pictures) if index == 0 else 0)
                + [{"type": "text", "text": text}],
            }
            for index, (role, text) in enumerate(messages)
        ]
        prompt = processor.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        times, text = [], ""
        more = {"prompt_cache_state": state} if has_cache else {}
        for result in stream_generate(
            loaded,
            processor,
            prompt,
            image=[str(path) for path in pictures],
            max_tokens=GREEDY.max_tokens,
            temperature=0.0,
            top_p=1.0,
            top_k=0,
            **more,
        ):
            text += result.text
            if result.finish_reason is None:
                times.append(time.perf_counter())
        spent = times[-1] - times[0]
        speed = (len(times) - 1) / spent if len(times) > 2 and spent > 0 else None
        steps[name] = {
            "first_token_s": round(times[0] - started, 4),
            "tokens_per_s": speed and round(speed, 2),
        }
        return text.removesuffix("<|im_end|>")

    one = [picture(folder, "one", side, seed).path]
    two = [picture(folder, "two", side, seed + 1).path]
    opening = ("user", QUESTIONS[0])
    first = ask("first", one, opening)
    chat = (opening, ("assistant", first), ("user", QUESTIONS[1]))
    second = ask("follow_up", one, *chat)
    ask("new_chat_same_picture", one, ("user", QUESTIONS[2]))
    ask("other_picture", two, opening)
    ask("back_to_first_chat", one, *chat, ("assistant", second), ("user", QUESTIONS[3]))
    return steps


def in_child(options: argparse.Namespace, seed: int, *, has_cache: bool) -> dict[str, Step]:
    """`stock` in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.mlx", "--stock", "--seed", str(seed)]
    command += ["--model", str(options.model), "--side", str(options.side)]
    command += ["--with-cache"] if has_cache else []
    child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Step] = json.loads(child.stdout.splitlines()[-1])
    return found


def medians(rounds: list[dict[str, Step]], name: str, field: str) -> float:
    """Of one figure over the rounds; 0 where a step has none."""
    values = [steps[name].get(field) for steps in rounds if name in steps]
    known = [value for value in values if value]
    return statistics.median(known) if known else 0.0


def compare(options: argparse.Namespace) -> dict[str, Any]:
    """Run all three in turns and put them side by side."""
    runs: dict[str, list[dict[str, Step]]] = {"ours": [], "stock": [], "stock_prefix_cache": []}
    for number in range(options.rounds):
        seed = 10 * number + 1
        with tempfile.TemporaryDirectory() as name:
            runs["ours"].append(ours(options.model, Path(name), options.side, seed))
        runs["stock"].append(in_child(options, seed, has_cache=False))
        runs["stock_prefix_cache"].append(in_child(options, seed, has_cache=True))
    table: dict[str, Any] = {}
    for step in (*STEPS, "prepared_then_sent"):
        mine = medians(runs["ours"], step, "first_token_s")
        row: dict[str, float] = {"ours_s": round(mine, 4)}
        for other in ("stock", "stock_prefix_cache"):
            # A prepared question has no counterpart there: it is held against their first one.
            theirs = medians(runs[other], step if step in STEPS else "first", "first_token_s")
            row[f"ours_over_{other}"] = round(mine / theirs, 3)
        table[step] = row
    speeds = {
        name: round(
            statistics.median([medians(runs[name], step, "tokens_per_s") for step in STEPS]), 1
        )
        for name in runs
    }
    return {
        "model": options.model.name,
        "picture_side_px": options.side,
        "rounds": options.rounds,
        "first_token": table,
        "tokens_per_s": speeds,
        "decode_ours_over_stock": round(speeds["ours"] / speeds["stock"], 3),
    }


def main() -> None:
    """Parse and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=builtin_model_dir() / "mlx")
    parser.add_argument("--side", type=int, default=160, help="pixels, a multiple of 32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--stock", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--with-cache", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stock:
        with tempfile.TemporaryDirectory() as name:
            steps = stock(
                options.model, Path(name), options.side, options.seed, has_cache=options.with_cache
            )
        print(json.dumps(steps))
        return
    text = json.dumps(compare(options), indent=2)
    print(text)
    if options.output is not None:
        options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
