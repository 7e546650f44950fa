"""The llama.cpp engine beside raw llama.cpp, the stock chat handler and llama.cpp's own server.

    python -m tests.benchmarks.engine [--model F --mmproj F] [--side 384] [--rounds 3]
        [--answer 64] [--tokens 256] [--threads N] [--only decode|chat] [--output F.json]

Decoding: our engine's answers and a bare `llama_decode` loop at the same depth, a token each in
turns; the goal is at most 2 % slower, and the exit code is 1 if it is missed. What ours adds (text,
events, checks, penalties in Python) shows with the built-in model only.

Chat: seconds to the first token through a chat's life, everyone asked in turns, medians over rounds
with pictures of their own; after "restart" everyone is a new process. Without `--model` it is the
built-in model. Everything is a ratio of neighbours in time, so a busy computer makes it noisier.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from desktop.core.types import Role
from desktop.engine import wire
from desktop.store.model_store import builtin_model
from tests.benchmarks.engine_peers import InChild, Ours, Peer, Setup, Turn, available_peers
from tests.benchmarks.session import picture

GOAL = 0.98
CONTEXT = 4096
STEPS = {
    "first": "first question",
    "follow_up": "follow-up, same chat",
    "new_chat": "new chat, same picture",
    "other": "another picture",
    "back": "back to the first chat",
    "restart": "same picture after a restart",
}
NAMES = {"ours": "ours", "stock": "stock handler", "server": "llama-server"}


# --- decoding -------------------------------------------------------------------------------------


def decode_speeds(setup: Setup, answer_tokens: int, tokens: int) -> dict[str, Any]:
    """Tokens per second of both, and by how much ours is slower."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "seconds.json"
        numbers = (setup.context_length, setup.threads, answer_tokens, tokens)
        command = [sys.executable, "-m", "tests.benchmarks.engine_raw", str(setup.model)]
        command += [*map(str, numbers), str(report)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            for line in child.stdout or ():
                wire.decode_event(line)  # as the window does: it takes a core for a moment
        if child.returncode != 0:
            raise RuntimeError(f"the decoding child ended with {child.returncode}")
        seconds = json.loads(report.read_text("utf-8"))
    ours, raw = seconds["ours"], seconds["raw"]
    ratios = [theirs / mine for mine, theirs in zip(ours, raw, strict=True)]
    added = [1e6 * (mine - theirs) for mine, theirs in zip(ours, raw, strict=True)]
    return {
        "tokens": len(ours),
        "ours_tokens_per_s": round(len(ours) / sum(ours), 2),
        "raw_tokens_per_s": round(len(raw) / sum(raw), 2),
        "ours_over_raw": round(statistics.median(ratios), 4),
        "of_the_sums": round(sum(raw) / sum(ours), 4),
        "middle_half": [round(cut, 4) for cut in statistics.quantiles(ratios)[::2]],
        "added_us_per_token": round(statistics.median(added), 1),
    }


# --- a chat's life --------------------------------------------------------------------------------


def chat_seconds(setup: Setup, side: int, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Seconds to the first token by peer and step, one figure a round."""
    names = [name for name, problem in available_peers().items() if not problem]
    peers: dict[str, Peer] = {"ours": Ours(setup)}
    peers |= {name: InChild(name, setup) for name in names}
    found: dict[str, dict[str, list[float]]] = {
        name: {step: [] for step in STEPS} for name in peers
    }
    try:
        for number in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                _live(peers, Path(folder), side, number, found)
    finally:
        for peer in peers.values():
            peer.close()
    return found


def _live(
    peers: dict[str, Peer],
    folder: Path,
    side: int,
    number: int,
    found: dict[str, dict[str, list[float]]],
) -> None:
    """One round: every step by everyone, then the next step."""
    one = str(picture(folder, "one", side, 10 * number + 1).path)
    two = str(picture(folder, "two", side, 10 * number + 2).path)
    chats = {name: [Turn(Role.USER, "what is in this picture", one)] for name in peers}

    def ask(step: str, name: str, turns: list[Turn]) -> str:
        reply = peers[name].ask(turns)
        found[name][step].append(reply.first_token_s)
        return reply.text

    def go_on(step: str, text: str) -> None:
        for name in peers:
            chats[name].append(Turn(Role.ASSISTANT, ask(step, name, chats[name])))
            chats[name].append(Turn(Role.USER, text))

    go_on("first", "and what is behind it")
    go_on("follow_up", "say it again")
    for name in peers:
        ask("new_chat", name, [Turn(Role.USER, "name the colours", one)])
    for name in peers:
        ask("other", name, [Turn(Role.USER, "what is in this picture", two)])
    for name in peers:
        ask("back", name, chats[name])
    for name, peer in peers.items():
        peer.restart()
        ask("restart", name, [Turn(Role.USER, "name all the colours", one)])


# --- the table ------------------------------------------------------------------------------------


def table(found: dict[str, dict[str, list[float]]]) -> list[str]:
    """Lines for people: seconds, and how much of the others' time ours takes."""
    others = [name for name in found if name != "ours"]
    head = f"{'seconds to the first token':32}{'ours':>10}"
    lines = [head + "".join(f"{NAMES[name]:>16}{'ratio':>8}" for name in others)]
    for step, words in STEPS.items():
        mine = statistics.median(found["ours"][step])
        line = f"{words:32}{mine:10.3f}"
        for name in others:
            ratio = ratio_of(found, name, step)
            line += f"{statistics.median(found[name][step]):16.3f}{ratio:8.2f}"
        lines.append(line)
    return lines


def ratio_of(found: dict[str, dict[str, list[float]]], name: str, step: str) -> float:
    """Median over the rounds of our seconds by theirs."""
    pairs = zip(found["ours"][step], found[name][step], strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def main() -> int:
    """Measure and print; 1 if decoding misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--mmproj", type=Path)
    parser.add_argument("--side", type=int, default=384, help="pixels of the square pictures")
    parser.add_argument("--rounds", type=int, default=3, help="of the chat")
    parser.add_argument("--answer", type=int, default=64, help="tokens of an answer")
    parser.add_argument("--tokens", type=int, default=256, help="to decode in all")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", choices=("decode", "chat"))
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    builtin = builtin_model()
    model: Path = options.model or builtin.model_path
    mmproj: Path | None = options.mmproj or (None if options.model else builtin.projector_path)
    if mmproj is None:
        parser.error("--model needs --mmproj")
    setup = Setup(model, mmproj, CONTEXT, options.threads)
    report: dict[str, Any] = {"model": model.name, "threads": setup.threads}
    print(f"{model.name}, {setup.threads} threads, context {CONTEXT}")
    with tempfile.TemporaryDirectory() as home:
        os.environ["GROUNDGLASS_HOME"] = home  # nothing may be on disk from earlier runs
        if options.only != "chat":
            report["decode"] = speeds = decode_speeds(setup, options.answer, options.tokens)
            print(
                f"decoding: ours {speeds['ours_tokens_per_s']} tokens/s, "
                f"raw {speeds['raw_tokens_per_s']}, ratio {speeds['ours_over_raw']} "
                f"(half of the tokens between {speeds['middle_half'][0]} and "
                f"{speeds['middle_half'][1]}; of the sums {speeds['of_the_sums']}; goal {GOAL}); "
                f"ours adds {speeds['added_us_per_token']} us a token"
            )
        if options.only != "decode":
            for name, problem in available_peers().items():
                if problem:
                    print(f"{NAMES[name]} left out: {problem}")
            report["chat"] = found = chat_seconds(setup, options.side, options.rounds)
            print("\n".join(table(found)))
    if options.output is not None:
        options.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if report.get("decode", {}).get("ours_over_raw", 1.0) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
