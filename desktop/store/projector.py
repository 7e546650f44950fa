"""Which vision encoder (projector, mmproj) belongs to which language model.

llama.cpp refuses a projector of another width, but loads one of the right width and the wrong
family or depth without a word and answers rubbish; so more is compared here.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.gguf import GgufMetadata

# Language model architectures that a projector type is made for, as llama.cpp's converters write
# them. Types that are not here go with several, and only their width is compared.
_FAMILIES = {
    "qwen2vl_merger": {"qwen2vl", "llama"},
    "qwen2.5vl_merger": {"qwen2vl"},
    "qwen2.5o": {"qwen2vl"},
    "qwen3vl_merger": {"qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen4exp"},
    "gemma3": {"gemma3"},
    "gemma3nv": {"gemma3n"},
    "gemma4v": {"gemma4"},
    "gemma4uv": {"gemma4"},
}

# llama.cpp's `general.file_type`: Q8_0 is as good as F16 at half the size; BF16 is slow or broken
# on several backends.
_Q8_0, _F16, _F32, _BF16 = 7, 1, 0, 32
_PREFERRED_TYPES = (_Q8_0, _F16)
_LAST_TYPES = (_F32, _BF16)

_QUANTISATION = re.compile(r"(?i)(?:[-_.](?:ud|i1))?[-_.](?:i?q\d\w*|tq\d\w*|mxfp\d\w*|b?f16|f32)$")
_PARAMETERS = re.compile(r"(?i)(?<![a-z0-9.])(\d+(?:\.\d+)?)b(?![a-z0-9])")


def is_projector(metadata: GgufMetadata) -> bool:
    """Whether the file holds an encoder beside a language model rather than a language model."""
    return metadata.architecture == "clip"


def is_ollamas_own(metadata: GgufMetadata) -> bool:
    """Whether a language model holds its vision encoder inside, as Ollama's own engine wants it.

    llama.cpp refuses such files ("wrong number of tensors"). Ollama's converters write what they
    say of the encoder beside the language model's own keys; llama.cpp's write it as `clip.*` into a
    file of its own.
    """
    own = metadata.architecture
    return own == "mllama" or any(key.startswith(f"{own}.vision.") for key in metadata.values)


def check_projector(
    model_path: Path, model: GgufMetadata, projector_path: Path, projector: GgufMetadata
) -> None:
    """Raise `ModelError` (PROJECTOR_MISMATCH) unless the projector gives this model sight."""
    fault = _fault(model, projector)
    if fault is not None:
        raise ModelError(
            f"“{projector_path.name}” does not belong to “{model_path.name}”: {fault}.",
            ErrorCode.PROJECTOR_MISMATCH,
            name=projector_path.name,
            model=model_path.name,
        )


def find_projector(
    model_path: Path, model: GgufMetadata, among: Iterable[Path] | None = None
) -> Path:
    """The best projector in the model's folder: the closest name, then the best number format.

    Args:
        model_path: The language model.
        model: Its header.
        among: Look at these files instead of the folder's.

    Raises:
        ModelError: PROJECTOR_MISSING when none there fits; it tells what file to look for.
    """
    found: list[tuple[float, int, str, Path]] = []
    for path in _candidates(model_path) if among is None else among:
        try:
            projector = read_gguf_metadata(path)
        except ModelError:
            continue  # not the one; what is wrong with it matters only if a person chooses it
        if _fault(model, projector) is None and not _differ_in_size(
            model_path, model, path, projector
        ):
            rank = _format_rank(projector.get_int("general.file_type"))
            found.append((-_closeness(model_path, path), rank, path.name, path))
    if not found:
        wanted = f"mmproj-{_bare_stem(model_path)}-F16.gguf"
        raise ModelError(
            f"“{model_path.name}” cannot see without its vision encoder. Look for a file such as "
            f"“{wanted}” where the model comes from, and put it into the same folder.",
            ErrorCode.PROJECTOR_MISSING,
            name=model_path.name,
            wanted=wanted,
            folder=str(model_path.parent),
        )
    return min(found)[-1]


def closest(projector_path: Path, models: Iterable[Path]) -> list[Path]:
    """The models whose names are closest to the projector's: more than one if equally close."""
    ranked = {path: _closeness(path, projector_path) for path in models}
    return [path for path, rank in ranked.items() if rank == max(ranked.values())]


def _candidates(model_path: Path) -> list[Path]:
    try:
        return [
            path
            for path in model_path.parent.iterdir()
            if path.suffix.lower() == ".gguf"
            and "mmproj" in path.name.lower()
            and path.name != model_path.name
        ]
    except OSError:
        return []


def _fault(model: GgufMetadata, projector: GgufMetadata) -> str | None:
    """Why the two do not go together; None if they do."""
    if not is_projector(projector):
        return "it is not a vision encoder"
    if not projector.get_bool("clip.has_vision_encoder"):
        return "it holds no vision encoder"
    kind = projector.get_str("clip.projector_type") or projector.get_str(
        "clip.vision.projector_type"
    )
    families = _FAMILIES.get(kind or "")
    if families is not None and model.architecture not in families:
        return "it is made for another family of models"
    width = model.get_int(f"{model.architecture}.embedding_length")
    projected = _projected_width(kind or "", projector)
    if width is not None and projected is not None and width != projected:
        return f"it is made for a model of width {projected}, and this one's is {width}"
    taps = projector.values.get("clip.vision.is_deepstack_layers")
    if isinstance(taps, tuple) and sum(map(bool, taps)) != (
        model.get_int(f"{model.architecture}.n_deepstack_layers") or 0
    ):
        return "it feeds the model at a different number of layers"
    return None


def _projected_width(kind: str, projector: GgufMetadata) -> int | None:
    """The language model's width that it is made for; None where the file does not tell.

    Older converters (without `general.type`) wrote CLIP's own dimension there, save Qwen's.
    """
    if projector.get_str("general.type") == "mmproj" or kind.startswith("qwen"):
        return projector.get_int("clip.vision.projection_dim")
    return None


def _differ_in_size(
    model_path: Path, model: GgufMetadata, projector_path: Path, projector: GgufMetadata
) -> bool:
    """Whether both state parameter counts, and different ones.

    Qwen3-VL 2B and 30B-A3B have the same width and family, so that only their names tell.
    """
    ours = _stated_sizes(model_path, model)
    theirs = _stated_sizes(projector_path, projector)
    return bool(ours and theirs and not ours & theirs)


def _stated_sizes(path: Path, metadata: GgufMetadata) -> set[float]:
    names = f"{path.stem} {metadata.get_str('general.name') or ''}"
    return {float(size) for size in _PARAMETERS.findall(names)}


def _closeness(model_path: Path, projector_path: Path) -> float:
    ours, theirs = (
        re.sub(r"mmproj|model|[\W_]+", "", _bare_stem(path).lower())
        for path in (model_path, projector_path)
    )
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio()


def _bare_stem(path: Path) -> str:
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", path.stem)
    return _QUANTISATION.sub("", stem) or stem


def _format_rank(file_type: int | None) -> int:
    if file_type in _PREFERRED_TYPES:
        return _PREFERRED_TYPES.index(file_type)
    if file_type in _LAST_TYPES:
        return len(_PREFERRED_TYPES) + 1 + _LAST_TYPES.index(file_type)
    return len(_PREFERRED_TYPES)
