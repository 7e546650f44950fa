"""An answer's figures in words: one row a thing, with its number and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop.gui.amounts import size_text

if TYPE_CHECKING:
    from datetime import datetime

    from desktop.core.types import Figures, InAdvance

translate = QCoreApplication.translate

_NOTABLE_S = 0.001


class FigureRow(Struct, frozen=True):
    """One thing that was measured: what it is, its number with a unit, and what belongs to it."""

    label: str
    value: str
    detail: str = ""


def when_text(moment: datetime) -> str:
    """Day and time of day on this computer's clock, short."""
    at = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(at, QLocale.FormatType.ShortFormat)


def time_text(seconds: float) -> str:
    """Such as "84 ms", "1.24 s" or "61.2 s"."""
    locale = QLocale()
    if seconds < 0.9995:
        return translate("Figures", "{count} ms").format(
            count=locale.toString(seconds * 1e3, "f", 0)
        )
    digits = 2 if seconds < 9.995 else 1
    return translate("Figures", "{count} s").format(count=locale.toString(seconds, "f", digits))


def pace_text(tokens_per_second: float) -> str:
    """Such as "41 tokens/s" or "4.8 tokens/s"."""
    digits = 0 if tokens_per_second >= 9.95 else 1
    number = QLocale().toString(tokens_per_second, "f", digits)
    return translate("Figures", "{speed} tokens/s").format(speed=number)


def figure_rows(figures: Figures) -> list[FigureRow]:
    """All that is known of an answer's making, in the order in which it happened."""
    timings, usage = figures.timings, figures.usage
    read = usage.prompt_tokens - usage.reused_tokens
    rows = [
        FigureRow(translate("Figures", "First word"), time_text(timings.first_token_s)),
        FigureRow(
            translate("Figures", "Looking at pictures"),
            time_text(timings.encode_s),
            _pictures_text(usage.pictures_encoded, usage.pictures_from_disk)
            or translate("Figures", "nothing new to look at"),
        ),
        FigureRow(
            translate("Figures", "Reading"),
            time_text(timings.prefill_s),
            _tokens_text(read, timings.read_per_second(usage)),
        ),
        FigureRow(
            translate("Figures", "Writing"),
            time_text(timings.decode_s),
            _tokens_text(usage.answer_tokens, timings.tokens_per_second(usage)),
        ),
    ]
    in_advance = figures.in_advance
    if in_advance.encode_s + in_advance.prefill_s >= _NOTABLE_S:
        rows.insert(0, _in_advance_row(in_advance))
    if usage.prompt_tokens:
        rows.append(
            _share_row(translate("Figures", "Reused"), usage.reused_tokens, usage.prompt_tokens)
        )
    if usage.context_length:
        rows.append(
            _share_row(translate("Figures", "Context"), usage.context_used, usage.context_length)
        )
    if figures.worker_bytes:
        rows.append(
            FigureRow(
                translate("Figures", "Memory"),
                size_text(figures.worker_bytes),
                translate("Figures", "of the engine's process"),
            )
        )
    if figures.load_s is not None:
        rows.append(
            FigureRow(
                translate("Figures", "Loading"),
                time_text(figures.load_s),
                translate("Figures", "when the model was loaded last"),
            )
        )
    if usage.retries:
        rows.append(
            FigureRow(
                translate("Figures", "Begun anew"),
                QLocale().toString(usage.retries) + " ×",
                translate("Figures", "since the answer went round in circles"),
            )
        )
    return rows


def plain_text(title: str, rows: list[FigureRow]) -> str:
    """For the clipboard, and for a tool tip: a line a row."""
    lines = [title] if title else []
    for row in rows:
        detail = f" ({row.detail})" if row.detail else ""
        lines.append(
            translate("Figures", "{label}: {value}").format(label=row.label, value=row.value)
            + detail
        )
    return "\n".join(lines)


def _in_advance_row(done: InAdvance) -> FigureRow:
    looked = _pictures_text(done.pictures_encoded, done.pictures_from_disk)
    return FigureRow(
        translate("Figures", "In advance"),
        time_text(done.encode_s + done.prefill_s),
        translate("Figures", "{pictures}, in {time}").format(
            pictures=looked, time=time_text(done.encode_s)
        )
        if looked
        else translate("Figures", "while the question was written"),
    )


def _share_row(label: str, part: int, whole: int) -> FigureRow:
    locale = QLocale()
    return FigureRow(
        label,
        translate("Figures", "{percent} %").format(
            percent=locale.toString(100 * part / whole, "f", 0)
        ),
        translate("Figures", "{part} of {whole} tokens").format(
            part=locale.toString(part), whole=locale.toString(whole)
        ),
    )


def _tokens_text(count: int, pace: float | None) -> str:
    number = QLocale().toString(count)
    one, many = translate("Figures", "1 token"), translate("Figures", "{count} tokens")
    words = one if count == 1 else many.format(count=number)
    return words if pace is None else f"{words} · {pace_text(pace)}"


def _pictures_text(encoded: int, from_disk: int) -> str:
    """How pictures became known; empty for none."""
    locale = QLocale()
    parts = []
    if encoded:
        parts.append(
            translate("Figures", "{count} looked at").format(count=locale.toString(encoded))
        )
    if from_disk:
        parts.append(
            translate("Figures", "{count} known from the disk").format(
                count=locale.toString(from_disk)
            )
        )
    return " · ".join(parts)
