"""What the MLX engine needs of its packages, and the much larger rest of them that it does not.

Measured by what is imported when each known kind of model is loaded: of 65 packages 28, of
transformers' 480 model families two, of mlx-vlm's 130 those that the engine knows.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from desktop.core.mlx_config import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What makes the engine; left out where it is not shipped.
PACKAGES = ("mlx", "mlx_vlm", "transformers", "tokenizers", "safetensors", "sentencepiece")

#: Named by these packages, and never imported by what the engine does.
UNUSED = (
    "IPython",
    "audioread",
    "cryptography",
    "cv2",
    "datasets",
    "dill",
    "fastapi",
    "gradio",
    "jax",
    "librosa",
    "matplotlib",
    "miniaudio",
    "mlx_audio",
    "mlx_lm",
    "multiprocess",
    "opentelemetry",
    "outlines",
    "pandas",
    "pyarrow",
    "pydantic",
    "rich",
    "scipy",
    "sklearn",
    "sounddevice",
    "starlette",
    "tensorflow",
    "torch",
    "torchaudio",
    "torchvision",
    "typer",
    "uvicorn",
    "websockets",
)

# Asked for by importlib.metadata: by transformers, which checks versions, and for "About".
_WITH_METADATA = (
    "filelock",
    "huggingface-hub",
    "mlx",
    "mlx-metal",
    "mlx-vlm",
    "numpy",
    "packaging",
    "pyyaml",
    "regex",
    "requests",
    "safetensors",
    "tokenizers",
    "tqdm",
    "transformers",
)
# Families of models, a folder each, that are imported by name.
_FAMILIES = {
    "transformers/models/": frozenset({"auto", "encoder_decoder"}),
    "mlx_vlm/models/": frozenset(KNOWN_TYPES),
}
_LIBRARY = re.compile(r"(^|/)libmlx\.(dylib|so)$")
_SHADERS = "mlx.metallib"


def hidden_imports() -> list[str]:
    """Imported by name, or by native code."""
    families = (f"mlx_vlm.models.{kind}" for kind in KNOWN_TYPES)
    native = ("mlx._reprlib_fix", "mlx.__array_api_info")  # by mlx.core as it starts
    return ["desktop.engine.mlx.engine", *native, *families]


def metadata_folders() -> list[tuple[Path, str]]:
    """The packages' own descriptions, as PyInstaller's `datas`; those that are installed."""
    found = []
    for name in _WITH_METADATA:
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        folder = next(
            Path(str(file.locate())).parent
            for file in package.files or ()
            if file.name == "METADATA" and file.parent.name.endswith(".dist-info")
        )
        found.append((folder, folder.name))
    return found


def is_wanted(path: str) -> bool:
    """Whether a file or module belongs to a family that the engine knows, or to none."""
    for packages, kept in _FAMILIES.items():
        if path.startswith(packages):
            family, _, inside = path.removeprefix(packages).partition("/")
            return not inside or family in kept
    return True


def without_other_families(modules: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The same for PyInstaller's table of Python modules, whose names have dots."""
    kept = []
    for name, source, kind in modules:
        is_package = Path(source or "").stem == "__init__"
        path = name.replace(".", "/") + ("/__init__" if is_package else "")
        if is_wanted(path):
            kept.append((name, source, kind))
    return kept


def with_shaders(binaries: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Metal's compiled shaders, beside the library that looks for them there; none off macOS.

    PyInstaller moves libmlx out of its package, since `mlx` is a namespace, and leaves them behind.
    """
    return [
        (str(Path(name).parent / _SHADERS), str(Path(source).parent / _SHADERS), "DATA")
        for name, source, _kind in binaries
        if _LIBRARY.search(name.replace("\\", "/")) and (Path(source).parent / _SHADERS).is_file()
    ]


def problems(contents: Path) -> list[str]:
    """What is wrong with MLX in a finished macOS bundle; empty when all is well."""
    libraries = list(contents.rglob("libmlx.dylib"))
    found = [] if libraries else ["libmlx.dylib is missing"]
    found += [f"no {_SHADERS} beside {path}" for path in libraries if not _has_shaders(path)]
    wheels = [path.read_text(encoding="utf-8") for path in contents.rglob("mlx*.dist-info/WHEEL")]
    tags = re.findall(r"macosx_(\d+)_", "\n".join(wheels))
    found += [
        f"MLX's wheel is for macOS {tag}: older ones cannot load it"
        for tag in tags
        if int(tag) > 14
    ]
    return found


def _has_shaders(library: Path) -> bool:
    return library.with_name(_SHADERS).is_file()
