"""Exports a checkpoint: `python -m recipe.export CHECKPOINT OUT --llama-cpp FOLDER`.

OUT gets `hf/` (float32), a GGUF pair (F16, and the language model also in Q8_0) and `mlx/`
(float16). FOLDER is llama.cpp's source, which brings the converter; see README.md of this folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from recipe import tokens
from recipe.model import Reader

LOG = logging.getLogger("recipe.export")
NAME = "groundglass-mini"
TEMPLATE = Path(__file__).with_name("chat_template.jinja")
TOKEN_PIXELS = 32 * 32
FEWEST_TOKENS, MOST_TOKENS = 8, 4096
STEPS = {
    "do_convert_rgb": True,
    "do_normalize": True,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
}
# Hugging Face's names and mlx-vlm's.
PREFIXES = (
    ("model.visual.", "vision_tower."),
    ("model.language_model.", "language_model.model."),
)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def earlier_layout(config: dict[str, Any]) -> dict[str, Any]:
    """The config as transformers 4.57 wrote it: transformers 5, llama.cpp and mlx-vlm read it."""
    text = dict(config["text_config"])
    rope = text.pop("rope_parameters")
    text["rope_theta"] = rope["rope_theta"]
    text["rope_scaling"] = {
        "mrope_interleaved": True,
        "mrope_section": list(rope["mrope_section"]),
        "rope_type": "default",
    }
    text["dtype"] = "float32"
    vision = {k: v for k, v in config["vision_config"].items() if k != "rope_parameters"}
    vision["model_type"] = "qwen3_vl"  # mlx-vlm knows no other name for it
    return {
        **config,
        "text_config": text,
        "vision_config": vision,
        "transformers_version": "4.57.0",
    }


def _write_tokenizer(folder: Path) -> None:
    whole = json.loads(tokens.TOKENIZER.to_str())
    template = TEMPLATE.read_text("utf-8")
    _write(folder / "tokenizer.json", whole)
    _write(folder / "vocab.json", whole["model"]["vocab"])
    merges = (m if isinstance(m, str) else " ".join(m) for m in whole["model"]["merges"])
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), "utf-8")
    keys = ("content", "lstrip", "normalized", "rstrip", "single_word", "special")
    added = whole["added_tokens"]
    names = [token["content"] for token in added if token["id"] != tokens.END_OF_TEXT]
    _write(
        folder / "tokenizer_config.json",
        {
            "add_bos_token": False,
            "add_prefix_space": False,
            "added_tokens_decoder": {str(t["id"]): {k: t[k] for k in keys} for t in added},
            "additional_special_tokens": names,
            "bos_token": None,
            "chat_template": template,
            "clean_up_tokenization_spaces": False,
            "eos_token": "<|im_end|>",
            "errors": "replace",
            "model_max_length": 4096,
            "pad_token": "<|endoftext|>",
            "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer",
            "unk_token": None,
        },
    )
    shutil.copy(TEMPLATE, folder / TEMPLATE.name)
    _write(folder / "chat_template.json", {"chat_template": template})


def _write_processor(folder: Path) -> None:
    smallest, largest = FEWEST_TOKENS * TOKEN_PIXELS, MOST_TOKENS * TOKEN_PIXELS
    common = {
        "size": {"longest_edge": largest, "shortest_edge": smallest},
        "patch_size": 16,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "min_pixels": smallest,
        "max_pixels": largest,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
        "processor_class": "Qwen3VLProcessor",
    }
    picture = {**common, "image_processor_type": "Qwen2VLImageProcessorFast"}
    _write(folder / "preprocessor_config.json", picture)
    video = {**common, "video_processor_type": "Qwen3VLVideoProcessor"}
    _write(folder / "video_preprocessor_config.json", video)
    whole = {
        "image_processor": {**STEPS, **picture, "image_processor_type": "Qwen3VLImageProcessor"},
        "video_processor": {**STEPS, **video, "fps": 2.0, "min_frames": 4, "max_frames": 768},
    }
    for part in whole.values():
        part.pop("processor_class")
        part.pop("size")
    _write(folder / "processor_config.json", {**whole, "processor_class": "Qwen3VLProcessor"})
    _write(
        folder / "generation_config.json",
        {
            "bos_token_id": tokens.END_OF_TEXT,
            "pad_token_id": tokens.END_OF_TEXT,
            "eos_token_id": [tokens.IM_END, tokens.END_OF_TEXT],
            "do_sample": False,
            "transformers_version": "4.57.0",
        },
    )


def to_hf(model: Reader, folder: Path) -> None:
    """A folder that Hugging Face's transformers reads."""
    model.hf.to(torch.float32).save_pretrained(folder)
    path = folder / "config.json"
    _write(path, earlier_layout(json.loads(path.read_text("utf-8"))))
    _write_tokenizer(folder)
    _write_processor(folder)


def to_gguf(hf: Path, out: Path, llama_cpp: Path) -> None:
    """The language model (F16, Q8_0) and the projector, by llama.cpp's own converter."""
    jobs = (
        (f"{NAME}-f16.gguf", "f16", ()),
        (f"{NAME}-q8_0.gguf", "q8_0", ()),
        (f"mmproj-{NAME}-f16.gguf", "f16", ("--mmproj",)),
    )
    for name, kind, extra in jobs:
        command = [sys.executable, "-m", "recipe.convert", str(llama_cpp), str(hf)]
        command += ["--outfile", str(out / name), "--outtype", kind, *extra]
        subprocess.run(command, check=True, cwd=Path(__file__).parent.parent)


def _for_mlx(name: str, tensor: torch.Tensor) -> tuple[str, torch.Tensor]:
    """mlx-vlm's name and layout: its own prefixes, and channels last in the patch convolution."""
    for hf_name, mlx_name in PREFIXES:
        if name.startswith(hf_name):
            name = mlx_name + name.removeprefix(hf_name)
    if name.endswith("patch_embed.proj.weight"):
        tensor = tensor.permute(0, 2, 3, 4, 1)
    return name, tensor.to(torch.float16).contiguous()


def to_mlx(hf: Path, folder: Path) -> None:
    """The MLX folder: the same files, weights in float16 under mlx-vlm's names."""
    shutil.copytree(hf, folder, ignore=shutil.ignore_patterns("*.safetensors", "merges.txt"))
    weights = load_file(hf / "model.safetensors")
    named = dict(_for_mlx(n, t) for n, t in weights.items() if n != "lm_head.weight")
    save_file(named, folder / "model.safetensors", metadata={"format": "mlx"})
    (folder / "model.safetensors").chmod(0o644)
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8"))
    config["dtype"] = config["text_config"]["dtype"] = "float16"
    _write(path, config)
    size = sum(tensor.numel() * 2 for tensor in named.values())
    _write(
        folder / "model.safetensors.index.json",
        {
            "metadata": {"total_size": size},
            "weight_map": dict.fromkeys(sorted(named), "model.safetensors"),
        },
    )


def from_mlx(mlx: Path, hf: Path) -> None:
    """The way back: a Hugging Face folder, in float32, from what an MLX folder holds."""
    shutil.copytree(
        mlx, hf, ignore=shutil.ignore_patterns("*.safetensors", "*.index.json"), dirs_exist_ok=True
    )
    weights = {}
    for name, tensor in load_file(mlx / "model.safetensors").items():
        for hf_name, mlx_name in PREFIXES:
            if name.startswith(mlx_name):
                name = hf_name + name.removeprefix(mlx_name)  # noqa: PLW2901
                break
        if name.endswith("patch_embed.proj.weight"):
            tensor = tensor.permute(0, 4, 1, 2, 3)  # noqa: PLW2901
        weights[name] = tensor.float().contiguous()
    save_file(weights, hf / "model.safetensors", metadata={"format": "pt"})
    path = hf / "config.json"
    config = json.loads(path.read_text("utf-8"))
    config["dtype"] = config["text_config"]["dtype"] = "float32"
    _write(path, config)


def main() -> None:
    """Reads the command line, exports, and names the files with their sizes and sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--llama-cpp", type=Path, help="llama.cpp's source; without: no GGUF")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    model = Reader()
    saved = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(saved["model"])
    for name in ("hf", "mlx"):
        shutil.rmtree(options.out / name, ignore_errors=True)
    to_hf(model, options.out / "hf")
    to_mlx(options.out / "hf", options.out / "mlx")
    if options.llama_cpp:
        to_gguf(options.out / "hf", options.out, options.llama_cpp)
    for path in (*sorted(options.out.glob("*.gguf")), options.out / "mlx/model.safetensors"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        LOG.info("%s %d %s", path.relative_to(options.out), path.stat().st_size, digest)


if __name__ == "__main__":
    main()
