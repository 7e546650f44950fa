"""A LoRA in a folder as mlx_vlm and mlx_lm write it: its settings, and whether a model can take it.

Two ways of writing are in use: `lora_parameters` with a scale and tensors `lora_a`, `lora_b`, and
an older one with `rank`, `alpha` and tensors `A`, `B`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeGuard

from msgspec import Struct

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.safetensors import read_safetensors

if TYPE_CHECKING:
    from desktop.core.safetensors import SafeTensor

_CONFIG = "adapter_config.json"
_WEIGHTS = ("adapters.safetensors", "weights.safetensors")
_SUFFIXES = ((".lora_a", ".lora_b"), (".A", ".B"))
_NUMBERS = {"F16", "BF16", "F32"}
_WORD_BITS = 32  # a quantised weight is packed into words of so many
_BITS = {2, 3, 4, 5, 6, 8}
_MATRIX = 2  # dimensions
_ADAPTED = ("layers.", "lm_head")
# What stands before a layer's own name: mlx_vlm's order, the original's, and a language model's.
_PREFIXES = ("language_model.model.", "model.language_model.", "language_model.", "model.")


class MlxLora(Struct, frozen=True):
    """What a folder holds.

    Attributes:
        weights_path: The safetensors file.
        scale: The adapter's own; a person's choice comes on top.
        pairs: Names of both tensors, (in, rank) and (rank, out), by the layer's name without what
            stands before `layers.`.
    """

    weights_path: Path
    scale: float
    pairs: Mapping[str, tuple[str, str]]


def layer_name(name: str) -> str:
    """A layer's name as all ways of writing have it, such as `layers.0.self_attn.q_proj`."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def read_mlx_lora(folder: Path) -> MlxLora:
    """The adapter in a folder; raises `ModelError` ADAPTER_UNUSABLE."""
    config = _read_config(folder)
    weights_path = next((folder / n for n in _WEIGHTS if (folder / n).is_file()), None)
    if weights_path is None:
        _unusable(folder, f"has no {_WEIGHTS[0]}: it is no adapter for MLX")
    if config.get("fine_tune_type", "lora") != "lora" or "peft_type" in config:
        _unusable(folder, "is no LoRA for MLX, but another kind of adapter")
    tensors = _tensors(folder, weights_path)
    return MlxLora(weights_path, _scale(folder, config), _pairs(folder, tensors))


def check_mlx_lora(folder: Path, model_folder: Path) -> None:
    """Refuse what is no LoRA of this model.

    Raises:
        ModelError: ADAPTER_UNUSABLE or ADAPTER_MISMATCH; MODEL_UNREADABLE for the model's files.
    """
    adapter = read_mlx_lora(folder)
    tensors = _tensors(folder, adapter.weights_path)
    base = _layers_of(model_folder)
    for layer, (low, high) in adapter.pairs.items():
        found = base.get(layer)
        if found is None or not found.takes(tensors[low].shape[0], tensors[high].shape[1]):
            raise ModelError(
                f"“{folder.name}” was made for another model than this one.",
                ErrorCode.ADAPTER_MISMATCH,
                name=folder.name,
            )


class _Layer(Struct, frozen=True):
    """A linear layer as it is written: `columns` are packed words where there are `groups`."""

    rows: int
    columns: int
    groups: int | None

    def takes(self, inputs: int, outputs: int) -> bool:
        """Whether the layer is of this size."""
        if outputs != self.rows or inputs <= 0:
            return False
        if self.groups is None:
            return inputs == self.columns
        bits, rest = divmod(self.columns * _WORD_BITS, inputs)
        return rest == 0 and bits in _BITS and self.groups > 0 and inputs % self.groups == 0


def _read_config(folder: Path) -> dict[str, object]:
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        _unusable(folder, f"has no {_CONFIG}: it is no adapter for MLX")
    except (OSError, ValueError, RecursionError):
        _unusable(folder, "is damaged or incomplete")
    if not isinstance(config, dict):
        _unusable(folder, "is damaged or incomplete")
    return config


def _scale(folder: Path, config: Mapping[str, object]) -> float:
    parameters = config.get("lora_parameters")
    scale = parameters.get("scale") if isinstance(parameters, dict) else None
    if _is_number(scale):
        return scale
    rank, alpha = config.get("rank"), config.get("alpha", 0.1)  # mlx_vlm's own default
    if not (_is_number(rank) and rank > 0 and _is_number(alpha)):
        _unusable(folder, f"does not say its scale in {_CONFIG}")
    return alpha / rank


def _pairs(folder: Path, tensors: Mapping[str, SafeTensor]) -> dict[str, tuple[str, str]]:
    pairs: dict[str, tuple[str, str]] = {}
    for low_suffix, high_suffix in _SUFFIXES:
        for name in tensors:
            if name.endswith(low_suffix):
                whole = name.removesuffix(low_suffix)
                pairs[layer_name(whole)] = (name, whole + high_suffix)
    is_whole = len(pairs) * 2 == len(tensors)
    if not pairs or not is_whole or not all(n.startswith(_ADAPTED) for n in pairs):
        _unusable(folder, "holds something else than a LoRA of a language model")
    for low_name, high_name in pairs.values():
        low, high = tensors.get(low_name), tensors.get(high_name)
        if low is None or high is None or not _go_together(low, high):
            _unusable(folder, "is damaged or incomplete")
    return pairs


def _go_together(low: SafeTensor, high: SafeTensor) -> bool:
    if len(low.shape) != _MATRIX or len(high.shape) != _MATRIX or low.shape[1] != high.shape[0]:
        return False
    return low.shape[1] > 0 and {low.dtype, high.dtype} <= _NUMBERS


def _tensors(folder: Path, weights_path: Path) -> Mapping[str, SafeTensor]:
    try:
        return read_safetensors(weights_path).tensors
    except ModelError:
        _unusable(folder, "is damaged or incomplete")


def _layers_of(model_folder: Path) -> dict[str, _Layer]:
    """Every linear layer of a model's folder, by its name."""
    layers = {}
    for file in sorted(model_folder.glob("*.safetensors")):
        tensors = read_safetensors(file).tensors
        for name, tensor in tensors.items():
            whole = name.removesuffix(".weight")
            if whole != name and len(tensor.shape) == _MATRIX:
                scales = tensors.get(f"{whole}.scales")
                groups = None if scales is None else scales.shape[-1]
                rows, columns = tensor.shape
                layers[layer_name(whole)] = _Layer(rows, columns, groups)
    return layers


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unusable(folder: Path, fault: str) -> NoReturn:
    raise ModelError(f"“{folder.name}” {fault}.", ErrorCode.ADAPTER_UNUSABLE, name=folder.name)
