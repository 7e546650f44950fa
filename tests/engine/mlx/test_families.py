"""Every architecture the engine knows, with random weights: reuse must equal a cold run in each.

Quantised weights, experts, and layers with a state that cannot be cut back take other ways through
the code than the built-in model does.
"""

from __future__ import annotations

import importlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec.structs import replace

pytest.importorskip("mlx_vlm", reason="MLX is not installed on this kind of computer")

import mlx.core as mx
from mlx import nn
from mlx.utils import tree_flatten
from mlx_vlm.utils import update_module_configs

from desktop.core.mlx_config import KNOWN_TYPES
from desktop.core.types import PictureLimits
from desktop.engine.api import Prepare
from tests.engine.harness import answer, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel

_EXPERTS = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 64,
    "norm_topk_prob": True,
}
_HYBRID = {
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 32,
    "linear_value_head_dim": 32,
    "linear_conv_kernel_dim": 4,
    "full_attention_interval": 2,
    "partial_rotary_factor": 1.0,
    "rope_parameters": {
        "type": "default",
        "mrope_section": [6, 5, 5],
        "rope_theta": 10000.0,
        "partial_rotary_factor": 1.0,
        "mrope_interleaved": True,
    },
}
_TEXT: dict[str, dict[str, Any]] = {
    "qwen3_vl": {},
    "qwen3_vl_moe": {**_EXPERTS, "decoder_sparse_step": 1, "mlp_only_layers": []},
    "qwen3_5": _HYBRID,
    "qwen3_5_moe": {**_HYBRID, **_EXPERTS, "shared_expert_intermediate_size": 64},
}


def random_model(source: Path, folder: Path, kind: str, *, is_quantised: bool) -> Path:
    """A folder of an architecture's files around random weights, in the built-in model's sizes."""
    shutil.copytree(source, folder)
    (folder / "model.safetensors.index.json").unlink()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["model_type"] = kind
    config["text_config"] |= _TEXT[kind] | {"model_type": f"{kind}_text"}
    config["vision_config"]["model_type"] = "qwen3_5" if "qwen3_5" in kind else kind
    if "qwen3_5" in kind:
        config["vision_config"]["deepstack_visual_indexes"] = []
    if is_quantised:
        config["quantization"] = {"group_size": 64, "bits": 4, "mode": "affine"}
    text = json.dumps(config)
    (folder / "config.json").write_text(text, encoding="utf-8")
    module, fields = importlib.import_module(f"mlx_vlm.models.{kind}"), json.loads(text)
    settings = update_module_configs(
        module.ModelConfig.from_dict(fields), module, fields, ["text", "vision"]
    )
    mx.random.seed(1)
    model = module.Model(settings)
    if is_quantised:
        nn.quantize(model.language_model, 64, 4)
    weights = dict(tree_flatten(model.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), weights, metadata={"format": "mlx"})
    return folder


@pytest.mark.parametrize(
    ("kind", "is_quantised"), [*((kind, False) for kind in KNOWN_TYPES), ("qwen3_vl", True)]
)
def test_that_every_known_architecture_reuses_truly(
    builtin_mlx: InstalledModel, tmp_path: Path, kind: str, is_quantised: bool
) -> None:
    folder = random_model(builtin_mlx.model_path, tmp_path / kind, kind, is_quantised=is_quantised)
    limits = PictureLimits(9, 64, 9)
    real = RealEngine(replace(builtin_mlx, model_path=folder, pictures=limits))
    assert real.engine._evaluator._can_cut == ("qwen3_5" not in kind)
    first = (question(DESCRIBE, shape(tmp_path, "red")),)
    second = (*first, answer("A red circle."), question("And now?", shape(tmp_path, "green")))
    other = question("Something else", shape(tmp_path, "blue", "square"))
    prepared = 0
    for turn in (first, second):
        done = real.engine.prepare(Prepare("p", turn), RecordingJob())
        assert done.usage.reused_tokens >= prepared
        prepared = done.usage.prompt_tokens
        cold = real.cold_logits(*turn)
        np.testing.assert_allclose(real.logits(*turn), cold, atol=1e-3)
        real.logits(other)  # puts the conversation away
        real.engine.prepare(Prepare("p", turn), RecordingJob())
        np.testing.assert_allclose(real.logits(*turn), cold, atol=1e-3)
    real.close()
