"""The built-in model in MLX's form, as a catalogue's variant that a hub serves as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.model_spec import FileRole, ModelFile
from desktop.core.model_spec import ModelVariant as Variant
from desktop.core.types import EngineKind, GenerationSettings
from tests.hub import REPO
from tests.store.ggufs import MLX, MODEL, PROJECTOR
from tests.store.mini import mini

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.hub import Hub

MLX_FILES = {path.name: path.read_bytes() for path in MLX.iterdir()}
NAMES = {"mini.gguf": MODEL, "mmproj-mini.gguf": PROJECTOR}
GGUF_FILES = {name: path.read_bytes() for name, path in NAMES.items()}
GGUF = Variant(
    "f16",
    EngineKind.LLAMA_CPP,
    REPO,
    None,
    tuple(
        ModelFile(
            FileRole.PROJECTOR if "mmproj" in name else FileRole.MODEL, name, len(GGUF_FILES[name])
        )
        for name in NAMES
    ),
)
WHOLE = Variant("mlx_4bit", EngineKind.MLX, REPO, None, ())
SPEC = mini(GenerationSettings(temperature=0.0, presence_penalty=0.0, max_tokens=99), GGUF, WHOLE)
MLX_KEY, GGUF_KEY = "mini:mlx_4bit", "mini:f16"


def serve(hub: Hub, files: Mapping[str, bytes] = MLX_FILES) -> None:
    """As Hugging Face has such a repository: text in git, weights beside it, a hidden file."""
    hub.files = {".gitattributes": b"*.safetensors filter=lfs", **files}
    hub.plain = {name for name in hub.files if not name.endswith(".safetensors")}
