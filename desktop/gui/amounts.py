"""Sizes, speeds and times as people say them: "2.5 GB", "12 MB/s", "8 minutes left"."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))  # as disks and downloads are sold
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

translate = QCoreApplication.translate


def size_text(count: float) -> str:
    """Bytes, such as "2.5 GB": one decimal up to 10, none above."""
    for unit, name in _UNITS:
        if count >= unit * 0.9995:
            value = count / unit
            return f"{QLocale().toString(value, 'f', 1 if value < 9.95 else 0)} {name}"
    return translate("Amounts", "{count} bytes").format(count=QLocale().toString(round(count)))


def speed_text(bytes_per_second: float) -> str:
    """Such as "12 MB/s"."""
    return translate("Amounts", "{size}/s").format(size=size_text(bytes_per_second))


def done_text(done_bytes: float, total_bytes: float) -> str:
    """Such as "1.2 GB of 3.3 GB"."""
    return translate("Amounts", "{done} of {total}").format(
        done=size_text(done_bytes), total=size_text(total_bytes)
    )


def duration_text(seconds: float) -> str:
    """Such as "8 minutes", rounded to what matters."""
    if seconds < _MINUTE * 0.95:
        return _counted(
            max(1, round(seconds)),
            translate("Amounts", "1 second"),
            translate("Amounts", "{count} seconds"),
        )
    if seconds < _HOUR * 0.95:
        return _counted(
            max(1, round(seconds / _MINUTE)),
            translate("Amounts", "1 minute"),
            translate("Amounts", "{count} minutes"),
        )
    if seconds < 2 * _DAY:
        return _counted(
            max(1, round(seconds / _HOUR)),
            translate("Amounts", "1 hour"),
            translate("Amounts", "{count} hours"),
        )
    return _counted(round(seconds / _DAY), "", translate("Amounts", "{count} days"))


def time_left_text(seconds: float) -> str:
    """Such as "8 minutes left"."""
    return translate("Amounts", "{duration} left").format(duration=duration_text(seconds))


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 and one else many.format(count=QLocale().toString(count))
