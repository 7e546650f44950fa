"""Whether a LoRA in a GGUF file belongs to a GGUF model.

What is asked is at least what llama.cpp asks (`llama-adapter.cpp`), and what its graph asserts
later without asking: that all dimensions of a pair go together.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import read_gguf_contents, split_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop.core.gguf import GgufContents, GgufTensor

_FLOAT = 6  # the type number of a 32-bit float among a header's values
# Numbers and bytes in a block of what adapters are written in: F32, F16, Q8_0, BF16.
_BLOCKS = {0: (1, 4), 1: (1, 2), 8: (32, 34), 30: (1, 2)}

_A, _B = ".lora_a", ".lora_b"
_DIMENSIONS = 4


def check_gguf_lora(path: Path, model_path: Path) -> None:
    """Refuse what is no LoRA of this model; of a split one `model_path` is the first part.

    Raises:
        ModelError: ADAPTER_UNUSABLE or ADAPTER_MISMATCH; as `read_gguf_contents` for the model.
    """
    try:
        adapter = read_gguf_contents(path)
    except ModelError as error:
        raise ModelError(error.message, ErrorCode.ADAPTER_UNUSABLE, name=path.name) from error
    _check_kind(path, adapter)
    pairs = _pairs(path, adapter)
    parts = [read_gguf_contents(part) for part in split_parts(model_path)]
    if adapter.metadata.architecture != parts[0].metadata.architecture:
        _mismatch(path)
    tensors = {name: tensor for part in parts for name, tensor in part.tensors.items()}
    for name, (low, high) in pairs.items():
        base = tensors.get(name)
        if base is None or not _fits(name, _shape(base), _shape(low), _shape(high)):
            _mismatch(path)


def _check_kind(path: Path, adapter: GgufContents) -> None:
    metadata = adapter.metadata
    if not metadata.is_adapter or metadata.get_str("adapter.type") != "lora":
        _unusable(path, "is no LoRA adapter")
    if "adapter.alora.invocation_tokens" in metadata.array_lengths:
        _unusable(path, "is an adapter that wants to be called by words, which is not known here")
    if adapter.kinds.get("adapter.lora.alpha", _FLOAT) != _FLOAT:
        _unusable(path, "is damaged or incomplete")  # llama.cpp would abort


def _pairs(path: Path, adapter: GgufContents) -> Mapping[str, tuple[GgufTensor, GgufTensor]]:
    """Both tensors of every layer that is adapted, by the layer's name."""
    names = {name.removesuffix(_A) for name in adapter.tensors if name.endswith(_A)}
    names |= {name.removesuffix(_B) for name in adapter.tensors if name.endswith(_B)}
    pairs = {}
    for name in names:
        low, high = adapter.tensors.get(name + _A), adapter.tensors.get(name + _B)
        if low is None or high is None:
            _unusable(path, "is damaged or incomplete")
        for tensor in (low, high):
            _check_data(path, tensor, adapter.size_bytes)
        pairs[name] = (low, high)
    others = [name for name in adapter.tensors if not name.endswith((_A, _B, "_norm.weight"))]
    if others or not pairs:
        _unusable(path, "is no LoRA adapter")
    return pairs


def _check_data(path: Path, tensor: GgufTensor, size_bytes: int) -> None:
    if tensor.kind not in _BLOCKS:
        _unusable(path, "is written in a number format that is not known for adapters")
    numbers, block_bytes = _BLOCKS[tensor.kind]
    shape = _shape(tensor)
    is_even = len(tensor.shape) <= _DIMENSIONS and shape[0] % numbers == 0
    if not is_even or tensor.start + math.prod(shape) // numbers * block_bytes > size_bytes:
        _unusable(path, "is damaged or incomplete")


def _fits(name: str, base: tuple[int, ...], low: tuple[int, ...], high: tuple[int, ...]) -> bool:
    """Whether base + high x low can be computed; sizes with the fastest dimension first."""
    if 0 in low or 0 in high or low[2:] != base[2:] or high[2:] != base[2:]:
        return False
    if name.endswith("token_embd.weight"):  # looked up, not multiplied: both are the other way
        return (high[1], low[1]) == base[:2] and low[0] == high[0]
    return (low[0], high[1]) == base[:2] and low[1] == high[0]


def _shape(tensor: GgufTensor) -> tuple[int, ...]:
    return tensor.shape + (1,) * (_DIMENSIONS - len(tensor.shape))


def _unusable(path: Path, fault: str) -> NoReturn:
    raise ModelError(f"“{path.name}” {fault}.", ErrorCode.ADAPTER_UNUSABLE, name=path.name)


def _mismatch(path: Path) -> NoReturn:
    raise ModelError(
        f"“{path.name}” was made for another model than this one.",
        ErrorCode.ADAPTER_MISMATCH,
        name=path.name,
    )
