"""What a safetensors file says of itself: its header, read without any of its numbers.

Such a file is the length of a JSON header in 8 bytes, the header (of each tensor its place in the
data), the data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from desktop.core.errors import ErrorCode, ModelError

if TYPE_CHECKING:
    from pathlib import Path

_HEADER_LIMIT = 100_000_000  # bytes; the format's own limit


class SafeTensor(Struct, frozen=True):
    """One tensor; `shape` as it is written, the slowest dimension first."""

    dtype: str
    shape: tuple[int, ...]


class SafetensorsHeader(Struct, frozen=True):
    """What stands before the numbers.

    Attributes:
        tensors: By name.
        format: Which library's numbers they are, such as `mlx`; empty where the file does not say.
    """

    tensors: Mapping[str, SafeTensor]
    format: str


def read_safetensors(path: Path) -> SafetensorsHeader:
    """Read a file's header.

    Raises:
        ModelError: MODEL_UNREADABLE for a file that is gone, damaged, incomplete or none of these.
            `details` holds `name`.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_HEADER_LIMIT, size - 8):
                raise ValueError("no header")
            fields = json.loads(file.read(length))
        about = fields.pop("__metadata__", None) or {}
        tensors = {name: _tensor(value, size - 8 - length) for name, value in fields.items()}
        return SafetensorsHeader(tensors, str(about.get("format", "")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"“{path.name}” is damaged or incomplete.",
            ErrorCode.MODEL_UNREADABLE,
            name=path.name,
        ) from error


def _tensor(value: dict[str, object], data_bytes: int) -> SafeTensor:
    """Raises `ValueError`, `TypeError`, `KeyError` or `AttributeError`."""
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not (isinstance(dtype, str) and isinstance(shape, list) and isinstance(offsets, list)):
        raise TypeError("wrong kind")
    start, end = offsets
    if not 0 <= start <= end <= data_bytes or not all(type(side) is int for side in shape):
        raise ValueError("outside the file")
    return SafeTensor(dtype, tuple(shape))
