"""The models that can be loaded now: the built-in one, and GGUF pairs chosen by path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from desktop.core.engine_choice import engine_order, preferred_engine
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import PART_STEM, GgufMetadata, read_gguf_metadata, split_parts
from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineKind, GenerationSettings, InstalledModel, PictureLimits
from desktop.store.projector import (
    check_projector,
    find_projector,
    is_ollamas_own,
    is_projector,
)
from desktop.store.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable

# From the model card of Qwen3-VL Instruct.
_QWEN_VL_SAMPLING = GenerationSettings(temperature=0.7, top_p=0.8, top_k=20, presence_penalty=1.5)
_PLAIN_SAMPLING = GenerationSettings(temperature=0.7, top_p=0.95, top_k=40, presence_penalty=0.0)

_BUILTIN_MLX = "mlx"  # the built-in model's folder for MLX, beside its GGUF files


class _ModelFile(Struct, frozen=True):
    role: Literal["model", "projector"]
    path: str
    size_bytes: int
    sha256: str


class _Entry(Struct, frozen=True):
    id: str
    name: str
    licence: str
    pictures: PictureLimits
    sampling: GenerationSettings
    files: tuple[_ModelFile, ...]


def builtin_forms() -> tuple[EngineKind, ...]:
    """The engines that can run the built-in model here, the better one first."""
    has_mlx = (builtin_model_dir() / _BUILTIN_MLX).is_dir()
    return tuple(kind for kind in engine_order() if has_mlx or kind is not EngineKind.MLX)


def builtin_model(chosen: EngineKind | None = None) -> InstalledModel:
    """The demonstration model that ships with the app, in the form for the chosen engine.

    None, or an engine that cannot run it here, takes the better one.

    Raises:
        ModelError: MODEL_FILE_MISSING or MODEL_UNREADABLE when the installation is not whole.
    """
    folder = builtin_model_dir()
    engine = preferred_engine(builtin_forms() or (EngineKind.LLAMA_CPP,), chosen)
    is_mlx = engine is EngineKind.MLX
    try:
        fields = tomllib.loads((folder / "entry.toml").read_text(encoding="utf-8"))
        entry = msgspec.convert(fields, _Entry)
        files = {file.role: folder / file.path for file in entry.files}
        model_path, projector_path = files["model"], files["projector"]
        # The other form must run where this one's files are damaged.
        is_whole = is_mlx or all(
            (folder / f.path).stat().st_size == f.size_bytes for f in entry.files
        )
    except OSError as error:
        raise _broken_installation(ErrorCode.MODEL_FILE_MISSING) from error
    except (ValueError, KeyError) as error:
        raise _broken_installation(ErrorCode.MODEL_UNREADABLE) from error
    if not is_whole:
        raise _broken_installation(ErrorCode.MODEL_UNREADABLE)
    return InstalledModel(
        id=entry.id,
        name=entry.name,
        engine=engine,
        model_path=folder / _BUILTIN_MLX if is_mlx else model_path,
        projector_path=None if is_mlx else projector_path,
        pictures=entry.pictures,
        sampling=entry.sampling,
        is_builtin=True,
    )


def files_of_model(model: InstalledModel) -> tuple[Path, ...]:
    """Its files; of one for MLX all that are in its folder. Raises `OSError`."""
    if model.engine is EngineKind.MLX:
        return tuple(sorted(path for path in model.model_path.iterdir() if path.is_file()))
    return tuple(path for path in (model.model_path, model.projector_path) if path is not None)


def model_from_files(model_path: Path, projector_path: Path | None) -> InstalledModel:
    """A GGUF pair by path. Without a projector the one beside the model is taken.

    Of a split model `model_path` is the first part. Reads both headers (some 0.1 s for large
    vocabularies), so not for the main thread.

    Raises:
        ModelError: As `examine_pair`.
    """
    pair = examine_pair(model_path, projector_path)
    name = (pair.model.get_str("general.name") or "").strip()
    return InstalledModel(
        id=storable(pair.stem),
        name=name or storable(pair.stem),
        engine=EngineKind.LLAMA_CPP,
        model_path=pair.parts[0],
        projector_path=pair.projector_path,
        sampling=default_sampling(pair.model.architecture),
    )


def default_sampling(kind: str) -> GenerationSettings:
    """What suits a model of which only its architecture is known, such as `qwen3vl`."""
    is_qwen_vl = kind.startswith("qwen") and "vl" in kind
    return _QWEN_VL_SAMPLING if is_qwen_vl else _PLAIN_SAMPLING


class GgufPair(Struct, frozen=True):
    """A language model and its vision encoder that go together, by their headers.

    Attributes:
        parts: The language model's files; one, unless it is split.
        projector_path: The vision encoder.
        model: The header of the first part.
        stem: The language model's file name without part number and suffix.
    """

    parts: tuple[Path, ...]
    projector_path: Path
    model: GgufMetadata
    stem: str


def examine_pair(
    model_path: Path,
    projector_path: Path | None = None,
    *,
    model: GgufMetadata | None = None,
    among: Iterable[Path] | None = None,
) -> GgufPair:
    """Read the headers of a pair.

    Args:
        model_path: Of a split model the first part.
        projector_path: None looks for the best one.
        model: The first part's header, if it was read already.
        among: The files to look for a projector in; None means the model's folder.

    Raises:
        ModelError: MODEL_FILE_MISSING, MODEL_UNREADABLE, MODEL_IS_ADAPTER, MODEL_OLLAMA_ONLY,
            PROJECTOR_MISSING, PROJECTOR_MISMATCH.
    """
    model_path = model_path.absolute()
    _check_exists(model_path)
    if model is None:
        model = read_gguf_metadata(model_path)
    _check_is_language_model(model_path, model)
    stem, parts = _check_parts(model_path, model)
    if projector_path is None:
        projector_path = find_projector(model_path, model, among)
    else:
        projector_path = projector_path.absolute()
        _check_exists(projector_path)
        check_projector(model_path, model, projector_path, read_gguf_metadata(projector_path))
    return GgufPair(parts, projector_path, model, stem)


def _broken_installation(code: ErrorCode) -> ModelError:
    return ModelError(
        "The built-in model is missing or damaged. Install Groundglass again.",
        code,
        name="Groundglass Mini",
    )


def _check_exists(path: Path) -> None:
    try:
        path.stat()
    except (OSError, ValueError) as error:
        raise missing_file(path) from error


def missing_file(path: Path) -> ModelError:
    """The error for a model file that is not there."""
    return ModelError(
        f"The model file “{path.name}” is not in “{path.parent}”.",
        ErrorCode.MODEL_FILE_MISSING,
        name=path.name,
        folder=str(path.parent),
    )


def cannot_see(name: str) -> ModelError:
    """The error for a model without a vision encoder."""
    return ModelError(
        f"“{name}” is a language model that cannot look at pictures.",
        ErrorCode.MODEL_CANNOT_SEE,
        name=name,
    )


def needs_mlx(name: str) -> ModelError:
    """The error for a model made for MLX where MLX cannot run."""
    return ModelError(
        f"“{name}” is made for MLX, which does not run on this computer. Get the model in its GGUF "
        "form instead.",
        ErrorCode.MODEL_NEEDS_MLX,
        name=name,
    )


def _check_is_language_model(path: Path, model: GgufMetadata) -> None:
    if is_projector(model):
        raise ModelError(
            f"“{path.name}” is only a vision encoder. Choose the language model it belongs to "
            "as the model, and this file as its vision encoder.",
            ErrorCode.PROJECTOR_MISMATCH,
            name=path.name,
        )
    if model.is_adapter:
        raise ModelError(
            f"“{path.name}” is no model but an adapter (LoRA). Use the model it was made for, and "
            "add it in the settings under Answers, or with --lora.",
            ErrorCode.MODEL_IS_ADAPTER,
            name=path.name,
        )
    if not model.architecture:
        raise ModelError(
            f"“{path.name}” does not say what model it holds.",
            ErrorCode.MODEL_UNREADABLE,
            name=path.name,
        )
    if is_ollamas_own(model):
        raise ollama_only(path.name)


def ollama_only(name: str) -> ModelError:
    """The error for a model that only Ollama can run."""
    return ModelError(
        f"“{name}” holds its vision encoder inside, in a form that only Ollama reads. Get this "
        "model here instead.",
        ErrorCode.MODEL_OLLAMA_ONLY,
        name=name,
    )


def _check_parts(path: Path, model: GgufMetadata) -> tuple[str, tuple[Path, ...]]:
    """The stem without a part number, and all parts; the path must be the first of them."""
    part = PART_STEM.match(path.stem)
    if part is None:
        if (model.get_int("split.count") or 1) > 1:
            raise ModelError(
                f"“{path.name}” is one part of a split model and was renamed: its name must end in "
                "“-00001-of-…”.",
                ErrorCode.MODEL_UNREADABLE,
                name=path.name,
            )
        return path.stem, (path,)
    if int(part["number"]) != 1:
        first = f"{part['stem']}-00001-of-{part['count']}{path.suffix}"
        raise ModelError(
            f"“{path.name}” is a later part of a split model. Choose “{first}”.",
            ErrorCode.MODEL_UNREADABLE,
            name=path.name,
            first=first,
        )
    parts = split_parts(path)
    for other in parts[1:]:
        if not other.is_file():
            raise missing_file(other)
    return part["stem"], parts
