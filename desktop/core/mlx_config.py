"""What of an MLX model's `config.json` decides whether it can be used at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.errors import ErrorCode, ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_TYPES = ("qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe")
"""Architectures whose pictures, positions and caches the MLX engine knows."""


def check_mlx_config(name: str, fields: Mapping[str, object]) -> None:
    """Refuse what must not, or cannot, be loaded.

    Args:
        name: What the model is called in the sentence.
        fields: Of config.json.

    Raises:
        ModelError: MODEL_LOAD_FAILED, for a model that brings program code or is of a kind that is
            not known.
    """
    code = fields.get("model_file")
    if code:
        # mlx_vlm would import this file from the folder, and no option of its stops that.
        raise ModelError(
            f"{name} brings program code of its own. Groundglass never runs a model's code.",
            ErrorCode.MODEL_LOAD_FAILED,
            name=name,
            code_file=str(code),
        )
    kind = fields.get("model_type")
    if kind not in KNOWN_TYPES:
        raise ModelError(
            f"{name} is an MLX model of a kind that this version does not know.",
            ErrorCode.MODEL_LOAD_FAILED,
            name=name,
            kind=kind if isinstance(kind, str) else "",
        )
