"""Reading and checking an MLX model's folder before any of it is loaded.

mlx_vlm loads what it should refuse: code that comes with the model, a folder without tokenizer
(an empty one), without chat template (the bare text), without processor settings (other sizes).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.mlx_config import check_mlx_config


class TextConfig(msgspec.Struct, frozen=True):
    """Of the language model; sizes in numbers per layer."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int | None = None
    head_dim: int | None = None
    max_position_embeddings: int = 32_768
    full_attention_interval: int = 1  # hybrid models: one layer in so many keeps keys and values

    @property
    def kv_head_size(self) -> int:
        """Numbers in one key or value of one head."""
        return self.head_dim or self.hidden_size // self.num_attention_heads

    @property
    def kv_numbers_per_token(self) -> int:
        """Numbers that the attention cache keeps for one token, all layers together."""
        heads = self.num_key_value_heads or self.num_attention_heads
        layers = -(-self.num_hidden_layers // self.full_attention_interval)
        return 2 * layers * heads * self.kv_head_size


class VisionConfig(msgspec.Struct, frozen=True):
    """Of the vision encoder; sides in pixels, merge in patches."""

    depth: int
    patch_size: int = 16
    spatial_merge_size: int = 2
    temporal_patch_size: int = 2

    @property
    def token_side(self) -> int:
        """Pixels of one picture token's side."""
        return self.patch_size * self.spatial_merge_size


class ModelConfig(msgspec.Struct, frozen=True):
    """What is needed of config.json."""

    model_type: str
    text_config: TextConfig
    vision_config: VisionConfig | None = None
    image_token_id: int = 151_655
    vision_start_token_id: int = 151_652
    vision_end_token_id: int = 151_653
    eos_token_id: int | list[int] | None = None


class _GenerationConfig(msgspec.Struct, frozen=True):
    eos_token_id: int | list[int] | None = None
    stop_strings: str | list[str] | None = None


class _AddedToken(msgspec.Struct, frozen=True):
    content: str


class _NamedTemplate(msgspec.Struct, frozen=True):
    name: str
    template: str


class _TokenizerConfig(msgspec.Struct, frozen=True):
    chat_template: str | list[_NamedTemplate] | None = None
    eos_token: str | _AddedToken | None = None
    add_bos_token: bool = False
    bos_token: str | _AddedToken | None = None


class _TemplateFile(msgspec.Struct, frozen=True):
    chat_template: str


class _PixelConfig(msgspec.Struct, frozen=True):
    image_mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    image_std: tuple[float, float, float] = (0.5, 0.5, 0.5)


class _ProcessorFile(msgspec.Struct, frozen=True):
    image_processor: _PixelConfig


class _WeightIndex(msgspec.Struct, frozen=True):
    weight_map: dict[str, str]


class ModelFolder(Struct, frozen=True):
    """A folder that may be loaded.

    Attributes:
        path: Absolute.
        config: From config.json.
        template: The chat template's source.
        pixel_mean: Per colour, of values from 0 to 1.
        pixel_std: The same.
        end_ids: Token ids that end an answer, as far as the folder's settings say.
        end_texts: The same, as texts of tokens.
        bos_text: The text of the token that opens every prompt; None where there is none.
        stops: Texts that end an answer wherever they come.
        weight_bytes: Of all weight files.
    """

    path: Path
    config: ModelConfig
    template: str
    pixel_mean: tuple[float, float, float]
    pixel_std: tuple[float, float, float]
    end_ids: frozenset[int]
    end_texts: tuple[str, ...]
    bos_text: str | None
    stops: tuple[str, ...]
    weight_bytes: int


def read_folder(path: Path) -> ModelFolder:
    """Check a folder and read its settings; reads no weights.

    Raises:
        ModelError: MODEL_FILE_MISSING, MODEL_UNREADABLE, or MODEL_LOAD_FAILED for a model that
            brings program code or is of a kind that is not known.
    """
    path = path.absolute()
    if not path.is_dir():
        raise ModelError(
            f"The model folder {path.name} is not there any more.",
            ErrorCode.MODEL_FILE_MISSING,
            name=path.name,
        )
    config = _read_config(path)
    tokenizer = _read(path / "tokenizer_config.json", _TokenizerConfig) or _TokenizerConfig()
    generation = _read(path / "generation_config.json", _GenerationConfig) or _GenerationConfig()
    if not (path / "tokenizer.json").is_file():
        raise _missing(path, "tokenizer.json")
    pixels = _read_pixels(path) if config.vision_config is not None else _PixelConfig()
    eos = tokenizer.eos_token
    bos = tokenizer.bos_token if tokenizer.add_bos_token else None
    return ModelFolder(
        path=path,
        config=config,
        template=_read_template(path, tokenizer),
        pixel_mean=pixels.image_mean,
        pixel_std=pixels.image_std,
        end_ids=frozenset(_listed(config.eos_token_id) + _listed(generation.eos_token_id)),
        end_texts=() if eos is None else (_text_of(eos),),
        bos_text=None if bos is None else _text_of(bos),
        stops=tuple(_listed(generation.stop_strings)),
        weight_bytes=sum(file.stat().st_size for file in _weight_files(path)),
    )


def _read_config(path: Path) -> ModelConfig:
    fields = _read(path / "config.json", dict[str, Any])
    if fields is None:
        raise _missing(path, "config.json")
    check_mlx_config(path.name, fields)
    try:
        return msgspec.convert(fields, ModelConfig)
    except msgspec.MsgspecError as error:
        raise _unreadable(path, "config.json") from error


def _read_template(path: Path, tokenizer: _TokenizerConfig) -> str:
    plain = path / "chat_template.jinja"
    if plain.is_file():
        try:
            return plain.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, plain.name) from error
    wrapped = _read(path / "chat_template.json", _TemplateFile)
    if wrapped is not None:
        return wrapped.chat_template
    match tokenizer.chat_template:
        case str(text):
            return text
        case [*named] if named:
            default = [one for one in named if one.name == "default"]
            return (default or named)[0].template
        case _:
            raise _missing(path, "chat_template.jinja")


def _read_pixels(path: Path) -> _PixelConfig:
    own = _read(path / "preprocessor_config.json", _PixelConfig)
    if own is not None:
        return own
    whole = _read(path / "processor_config.json", _ProcessorFile)
    if whole is None:
        raise _missing(path, "preprocessor_config.json")
    return whole.image_processor


def _weight_files(path: Path) -> list[Path]:
    index = _read(path / "model.safetensors.index.json", _WeightIndex)
    if index is None:
        files = sorted(path.glob("*.safetensors"))
        if not files:
            raise _missing(path, "model.safetensors")
        return files
    names = sorted(set(index.weight_map.values()))
    for name in names:
        if "/" in name or "\\" in name or name in {".", ".."}:
            raise _unreadable(path, "model.safetensors.index.json")
        if not (path / name).is_file():
            raise _missing(path, name)
    return [path / name for name in names]


Parsed = TypeVar("Parsed")


def _read(file: Path, kind: type[Parsed]) -> Parsed | None:
    """A JSON file as values; None when it is not there."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _unreadable(file.parent, file.name) from error


Item = TypeVar("Item", int, str)


def _listed(value: Item | list[Item] | None) -> list[Item]:
    """One or several or none, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text_of(token: str | _AddedToken) -> str:
    return token if isinstance(token, str) else token.content


def _missing(path: Path, name: str) -> ModelError:
    return ModelError(
        f"{name} is missing in the model folder {path.name}. Download the model again.",
        ErrorCode.MODEL_FILE_MISSING,
        name=name,
        folder=str(path),
    )


def _unreadable(path: Path, name: str) -> ModelError:
    return ModelError(
        f"{name} in the model folder {path.name} is damaged. Download the model again.",
        ErrorCode.MODEL_UNREADABLE,
        name=name,
        folder=str(path),
    )
