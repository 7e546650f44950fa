"""What an answer took: for programs as JSON, for people as a table on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from desktop.core.engine_choice import engine_name

if TYPE_CHECKING:
    from desktop.engine.api import GenerationFinished, ModelLoaded

_LABEL_WIDTH, _VALUE_WIDTH = 20, 10


def figures_report(loaded: ModelLoaded, finished: GenerationFinished) -> dict[str, object]:
    """All figures with plain values: seconds, tokens, bytes."""
    usage, timings = finished.usage, finished.timings
    return {
        "engine": loaded.engine,
        "load_s": loaded.load_s,
        "reduced": None if loaded.reduced is None else asdict(loaded.reduced),
        "context_limit": loaded.context_limit,
        "usage": asdict(usage),
        "timings": asdict(timings),
        "read_per_second": timings.read_per_second(usage),
        "tokens_per_second": timings.tokens_per_second(usage),
        "worker_bytes": finished.worker_bytes,
    }


def figures_table(loaded: ModelLoaded, finished: GenerationFinished) -> str:
    """A line each: what, how much, and what belongs to it."""
    usage, timings = finished.usage, finished.timings
    read = usage.prompt_tokens - usage.reused_tokens
    reading, writing = timings.read_per_second(usage), timings.tokens_per_second(usage)
    disk = f", {usage.pictures_from_disk} from the disk" if usage.pictures_from_disk else ""
    rows = [
        ("first word", _seconds(timings.first_token_s), ""),
        (
            "looking at pictures",
            _seconds(timings.encode_s),
            f"{usage.pictures_encoded} looked at{disk}",
        ),
        ("reading", _seconds(timings.prefill_s), f"{read} tokens{_pace(reading)}"),
        ("writing", _seconds(timings.decode_s), f"{usage.answer_tokens} tokens{_pace(writing)}"),
        _share("reused", usage.reused_tokens, usage.prompt_tokens),
        _share("context", usage.context_used, usage.context_length),
    ]
    if finished.worker_bytes:
        memory = f"{finished.worker_bytes / 1e9:.2f} GB"
        rows.append(("memory", memory, "of the engine's process"))
    engine = f"with {engine_name(loaded.engine)}" if loaded.engine else ""
    rows.append(("loading", _seconds(loaded.load_s), engine))
    if usage.retries:
        rows.append(("begun anew", f"{usage.retries} x", "since it went round in circles"))
    return "".join(
        f"{label:{_LABEL_WIDTH}}{value:>{_VALUE_WIDTH}}  {detail}".rstrip() + "\n"
        for label, value, detail in rows
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms" if seconds < 0.9995 else f"{seconds:.2f} s"


def _pace(tokens_per_second: float | None) -> str:
    return "" if tokens_per_second is None else f", {tokens_per_second:.1f} tokens/s"


def _share(label: str, part: int, whole: int) -> tuple[str, str, str]:
    percent = f"{100 * part / whole:.0f} %" if whole else "-"
    return label, percent, f"{part} of {whole} tokens"
