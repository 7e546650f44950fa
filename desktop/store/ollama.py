"""The models that Ollama keeps: what its manifests name, as paths.

<models>/manifests/<host>/<namespace>/<model>/<tag>    JSON: layers, each with a type and a digest
         manifests-v2/...                              the same of newer versions, as links
         blobs/sha256-<digest>                         the layers' content (once `sha256:<digest>`)
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_TREES = ("manifests-v2", "manifests")  # Ollama looks into them in this order
_MODEL = "application/vnd.ollama.image.model"
_PROJECTOR = "application/vnd.ollama.image.projector"
_ADAPTER = "application/vnd.ollama.image.adapter"
_DIGEST = re.compile(r"sha256[:-]([0-9a-fA-F]{64})\Z")
_MOST_MANIFEST_BYTES = 1 << 20
_MOST_MANIFESTS = 2000
_DEFAULT_HOST, _DEFAULT_NAMESPACE = "registry.ollama.ai", "library"


class OllamaModel(Struct, frozen=True):
    """What one manifest names.

    Attributes:
        name: As `ollama list` shows it, such as `qwen3-vl:4b`.
        model_path: The language model (GGUF).
        projector_path: The vision encoder, where it is a file of its own.
    """

    name: str
    model_path: Path
    projector_path: Path | None


class _Layer(msgspec.Struct, rename="camel"):
    media_type: str = ""
    digest: str = ""


class _Manifest(msgspec.Struct):
    layers: list[_Layer] = []
    digest: str = ""  # of a member of a list: where it really is
    manifests: list[_Manifest] = []  # of a list: one for each kind of engine


def ollama_models(root: Path) -> Iterator[OllamaModel]:
    """What is whole in a folder of Ollama's. Never raises; passed over is what it cannot tell.

    A model with an adapter (LoRA) is passed over: without it, it would be another model.
    """
    named: dict[str, Path] = {}
    for tree in _TREES:
        for path in _manifest_files(root / tree):
            named.setdefault(_name(path.relative_to(root / tree).parts), path)
    for name, path in named.items():
        for manifest in _runnable(root, _read(root, path)):
            model = _model(root, name, manifest)
            if model is not None:
                yield model
                break


def _manifest_files(tree: Path) -> list[Path]:
    """`<host>/<namespace>/<model>/<tag>`, exactly so deep."""
    found: list[Path] = []
    for here, folders, files in os.walk(tree):
        folder = Path(here)
        depth = len(folder.relative_to(tree).parts)
        folders.sort()
        if depth == 3:
            folders.clear()
            found.extend(folder / name for name in sorted(files) if not name.startswith("."))
        if len(found) > _MOST_MANIFESTS:
            break
    return found


def _name(parts: tuple[str, ...]) -> str:
    host, namespace, model, tag = parts
    short = f"{model}:{tag}"
    if host != _DEFAULT_HOST:
        return f"{host}/{namespace}/{short}"
    return short if namespace == _DEFAULT_NAMESPACE else f"{namespace}/{short}"


def _read(root: Path, path: Path) -> _Manifest | None:
    """A manifest; none for one that leads out of Ollama's folder."""
    try:
        real = Path(os.path.realpath(path))
        is_ours = real.is_relative_to(os.path.realpath(root))
        if not is_ours or not real.is_file() or real.stat().st_size > _MOST_MANIFEST_BYTES:
            return None
        return msgspec.json.decode(real.read_bytes(), type=_Manifest)
    except (OSError, ValueError, RecursionError):
        return None


def _runnable(root: Path, manifest: _Manifest | None) -> Iterator[_Manifest]:
    """The manifest itself, or the members of a list, which may stand in files of their own."""
    if manifest is None:
        return
    if not manifest.manifests:
        yield manifest
    for member in manifest.manifests:
        if member.layers:
            yield member
            continue
        path = _blob(root, member.digest)
        found = None if path is None else _read(root, path)
        if found is not None and found.layers:
            yield found


def _model(root: Path, name: str, manifest: _Manifest) -> OllamaModel | None:
    by_type: dict[str, list[str]] = {}
    for layer in manifest.layers:
        by_type.setdefault(layer.media_type, []).append(layer.digest)
    models, encoders = by_type.get(_MODEL, []), by_type.get(_PROJECTOR, [])
    if len(models) != 1 or len(encoders) > 1 or _ADAPTER in by_type:
        return None
    model_path = _blob(root, models[0])
    projector_path = _blob(root, encoders[0]) if encoders else None
    if model_path is None or (encoders and projector_path is None):
        return None
    return OllamaModel(name, model_path, projector_path)


def _blob(root: Path, digest: str) -> Path | None:
    """Where a layer is; none for a digest that is none, or a file that is not there."""
    found = _DIGEST.match(digest)
    if found is None:
        return None
    for name in (f"sha256-{found[1].lower()}", f"sha256:{found[1].lower()}"):
        path = root / "blobs" / name
        try:
            if path.is_file():
                return path
        except OSError:
            return None
    return None
