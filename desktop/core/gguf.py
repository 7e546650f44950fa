"""What a GGUF file says of itself: its header, read without loading a model.

The layout is that of ggml's `docs/gguf.md`: magic, version, two counts, key-value pairs, tensor
infos, tensor data. Nothing in the file is trusted: every length is held against the file's size.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, NoReturn, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError

if TYPE_CHECKING:
    from pathlib import Path

GgufValue: TypeAlias = bool | int | float | str | tuple[bool | int | float, ...]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_SCALARS = {  # by type number: codes of the struct module
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip

_HEADER_LIMIT = 256 << 20  # bytes; the largest vocabularies in use make headers of about 20 MB
_BUFFER = 1 << 20
_MAX_KEYS = 1 << 16
_MAX_TENSORS = 1 << 18
_MAX_STRINGS = 1 << 22  # in all arrays together: some seconds of work at most
_MAX_KEY_BYTES = (1 << 16) - 1  # the format's own limit
_KEPT_STRING_BYTES = 1 << 20  # chat templates stay below 100 kB
_KEPT_ARRAY_ENTRIES = 64
_MAX_DIMENSIONS = 8  # ggml knows 4
_MAX_PARTS = 1000
_DEFAULT_ALIGNMENT = 32

PART_STEM = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})$")
"""What a file of a split model is called, without its suffix."""


class GgufMetadata(Struct, frozen=True):
    """The header of one GGUF file.

    Attributes:
        version: Of the format: 2 or 3.
        tensor_count: Tensors in this file; a split model's other parts not counted.
        values: By key. Arrays of numbers as tuples, up to 64 entries; strings up to 1 MiB.
        array_lengths: Entries of every array, kept or not, by key: a vocabulary's size.
    """

    version: int
    tensor_count: int
    values: Mapping[str, GgufValue]
    array_lengths: Mapping[str, int]

    @property
    def architecture(self) -> str:
        """Such as `qwen3vl`, or `clip` for a vision encoder; empty if the file does not say."""
        return self.get_str("general.architecture") or ""

    @property
    def is_adapter(self) -> bool:
        """Whether it is a change to a model (LoRA), and no model."""
        return self.get_str("general.type") == "adapter"

    def get_str(self, key: str) -> str | None:
        """The value if it is a string."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def get_int(self, key: str) -> int | None:
        """The value if it is a whole number."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def get_bool(self, key: str) -> bool | None:
        """The value if it is a truth value."""
        value = self.values.get(key)
        return value if isinstance(value, bool) else None


class GgufTensor(Struct, frozen=True):
    """Where a tensor lies in its file.

    Attributes:
        shape: Numbers along each dimension, the fastest first; as many as the file says, 0 to 8.
        kind: Its number format, as ggml counts them: 0 for F32, 1 for F16.
        start: Of its data, in bytes from the beginning of the file.
    """

    shape: tuple[int, ...]
    kind: int
    start: int


class GgufContents(Struct, frozen=True):
    """A header with what `GgufMetadata` leaves out.

    Attributes:
        metadata: The rest of it.
        kinds: The type number of every single value, by its key.
        tensors: By name.
        size_bytes: Of the file.
    """

    metadata: GgufMetadata
    kinds: Mapping[str, int]
    tensors: Mapping[str, GgufTensor]
    size_bytes: int


def split_parts(path: Path) -> tuple[Path, ...]:
    """All parts, there or not, of the split model that a file is a part of by its name."""
    part = PART_STEM.match(path.stem)
    if part is None or int(part["count"]) > _MAX_PARTS:
        return (path,)
    return tuple(
        path.with_name(f"{part['stem']}-{number:05}-of-{part['count']}{path.suffix}")
        for number in range(1, int(part["count"]) + 1)
    )


def read_gguf_metadata(path: Path) -> GgufMetadata:
    """Read a file's header; 152,000 tokens and as many merges take about 0.05 s.

    Raises:
        ModelError: MODEL_FILE_MISSING, or MODEL_UNREADABLE for a file that is no GGUF file,
            damaged, incomplete or of an unknown version. `details` holds `name`.
    """
    return _read(path, keeps_all=False).metadata


def read_gguf_contents(path: Path) -> GgufContents:
    """Read a file's header with its list of tensors; raises as `read_gguf_metadata`."""
    return _read(path, keeps_all=True)


def _read(path: Path, *, keeps_all: bool) -> GgufContents:
    try:
        # A named pipe would keep `open` waiting for ever.
        if path.exists() and not path.is_file():
            _refuse(path, "is not a file")
        with path.open("rb") as file:
            return _Reader(path, file, keeps_all=keeps_all).read()
    except FileNotFoundError as error:
        raise missing_gguf(path) from error
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model file “{path.name}” cannot be read.",
            ErrorCode.MODEL_UNREADABLE,
            name=path.name,
        ) from error


def missing_gguf(path: Path) -> ModelError:
    """The error for a file that was there when the model was chosen."""
    return ModelError(
        f"The model file “{path.name}” is not there any more.",
        ErrorCode.MODEL_FILE_MISSING,
        name=path.name,
    )


def _refuse(path: Path, fault: str) -> NoReturn:
    raise ModelError(f"“{path.name}” {fault}.", ErrorCode.MODEL_UNREADABLE, name=path.name)


class _Reader:
    """One pass over a header through a buffer.

    Not a memory map: a file that shrinks under a map ends the process with SIGBUS.
    """

    def __init__(self, path: Path, file: BinaryIO, *, keeps_all: bool) -> None:
        self._path = path
        self._keeps_all = keeps_all
        self._file = file
        self._size = file.seek(0, 2)
        self._end = min(self._size, _HEADER_LIMIT)
        self._buffer = b""
        self._start = 0  # of the buffer, in the file
        self._position = 0  # in the file
        self._strings_left = _MAX_STRINGS
        self._values: dict[str, GgufValue] = {}
        self._array_lengths: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._tensors: dict[str, GgufTensor] = {}

    def read(self) -> GgufContents:
        """The whole header, checked."""
        version = self._read_version()
        tensor_count = self._integer(8)
        key_count = self._integer(8)
        if key_count > _MAX_KEYS or tensor_count > _MAX_TENSORS:
            self._damaged()
        for _ in range(key_count):
            self._read_pair()
        self._check_tensors(tensor_count)
        metadata = GgufMetadata(version, tensor_count, self._values, self._array_lengths)
        return GgufContents(metadata, self._kinds, self._tensors, self._size)

    def _read_version(self) -> int:
        if self._size == 0:
            _refuse(self._path, "is empty")
        if self._size < len(_MAGIC) or self._take(len(_MAGIC)) != _MAGIC:
            _refuse(self._path, "is not a GGUF model file")
        raw = self._take(4)
        version = int.from_bytes(raw, "little")
        if version not in _VERSIONS:
            if int.from_bytes(raw, "big") in _VERSIONS:
                _refuse(self._path, "is made for big-endian machines, which this computer is not")
            _refuse(self._path, "has a GGUF version that cannot be read here")
        return version

    def _read_pair(self) -> None:
        length = self._integer(8)
        if not 0 < length <= _MAX_KEY_BYTES:
            self._damaged()
        key = self._take(length).decode("utf-8", "replace")
        if key in self._values or key in self._array_lengths:
            self._damaged()
        kind = self._integer(4)
        if self._keeps_all and kind != _ARRAY:
            self._kinds[key] = kind
        if kind == _STRING:
            self._read_string(key)
        elif kind == _ARRAY:
            self._read_array(key)
        else:
            code = self._scalar(kind)
            (self._values[key],) = struct.unpack(
                f"<{code}", self._take(struct.calcsize(f"<{code}"))
            )

    def _read_string(self, key: str) -> None:
        length = self._integer(8)
        if length <= _KEPT_STRING_BYTES:
            self._values[key] = self._take(length).decode("utf-8", "replace")
        else:
            self._skip(length)

    def _read_array(self, key: str) -> None:
        kind = self._integer(4)
        count = self._integer(8)
        self._array_lengths[key] = count
        if kind == _STRING:
            self._skip_strings(count)
            return
        code = self._scalar(kind)
        size = struct.calcsize(f"<{code}") * count
        if count <= _KEPT_ARRAY_ENTRIES:
            self._values[key] = struct.unpack(f"<{count}{code}", self._take(size))
        else:
            self._skip(size)

    def _scalar(self, kind: int) -> str:
        code = _SCALARS.get(kind)
        if code is None:
            self._damaged()
        return code

    def _check_tensors(self, count: int) -> None:
        """Refuse a file that ends before its last tensor begins: a copy that was cut off."""
        last_offset = 0
        found: list[tuple[str, GgufTensor]] = []
        for _ in range(count):
            name = self._tensor_name()
            dimensions = self._integer(4)
            if dimensions > _MAX_DIMENSIONS:
                self._damaged()
            shape = struct.unpack(f"<{dimensions}Q", self._take(8 * dimensions))
            kind, offset = self._integer(4), self._integer(8)
            last_offset = max(last_offset, offset)
            if self._keeps_all:
                found.append((name, GgufTensor(shape, kind, offset)))
        alignment = self._values.get("general.alignment", _DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment <= 0:
            self._damaged()
        if count == 0:
            return
        data_start = -(-self._position // alignment) * alignment
        if data_start + last_offset >= self._size:
            self._damaged()
        for name, tensor in found:
            if name in self._tensors:
                self._damaged()
            self._tensors[name] = replace(tensor, start=data_start + tensor.start)

    def _tensor_name(self) -> str:
        """The next tensor's name; empty where nobody asked for names."""
        length = self._integer(8)
        if not self._keeps_all:
            self._skip(length)
            return ""
        if length > _MAX_KEY_BYTES:
            self._damaged()
        return self._take(length).decode("utf-8", "replace")

    def _skip_strings(self, count: int) -> None:
        if count > self._strings_left:
            self._damaged()
        self._strings_left -= count
        length_at = struct.Struct("<Q").unpack_from
        while count:
            self._need(8)
            buffer, offset = self._buffer, self._position - self._start
            last = len(buffer) - 8
            while count and offset <= last:
                offset += 8 + length_at(buffer, offset)[0]
                count -= 1
            self._skip(self._start + offset - self._position)

    def _integer(self, size: int) -> int:
        return int.from_bytes(self._take(size), "little")

    def _take(self, size: int) -> bytes:
        self._need(size)
        offset = self._position - self._start
        self._position += size
        return self._buffer[offset : offset + size]

    def _skip(self, size: int) -> None:
        if size > self._end - self._position:
            self._damaged()
        self._position += size

    def _need(self, size: int) -> None:
        """Have `size` bytes from the position on in the buffer."""
        if size > self._end - self._position:
            self._damaged()
        offset = self._position - self._start
        if offset + size <= len(self._buffer):
            return
        self._file.seek(self._position)
        self._buffer = self._file.read(max(size, _BUFFER))
        self._start = self._position
        if len(self._buffer) < size:
            self._damaged()

    def _damaged(self) -> NoReturn:
        _refuse(self._path, "is damaged or incomplete")
