"""A model that can be had: what it is good at, and the files of each of its variants."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from desktop.core.types import EngineKind, GenerationSettings, PictureLimits


class FileRole(StrEnum):
    """What a file is to its model."""

    MODEL = "model"
    PROJECTOR = "projector"  # the vision encoder (mmproj)
    OTHER = "other"


class Strength(StrEnum):
    """What a model is good at."""

    PHOTOS = "photos"
    DOCUMENTS = "documents"
    OCR = "ocr"
    CHINESE = "chinese"
    BOXES = "boxes"


class Coordinates(StrEnum):
    """How a model writes where something is in a picture."""

    RELATIVE_1000 = "relative_1000"  # 0 to 1000 along each side
    ABSOLUTE = "absolute"  # pixels of the picture as the model saw it
    NONE = "none"  # no boxes, or in no way that is known


class LocalText(Struct, frozen=True):
    """One sentence in the languages of the interface."""

    en: str
    zh_cn: str

    def in_language(self, language: str) -> str:
        """The text for a language code such as `zh_CN`; English for one that is not here."""
        return self.zh_cn if language.startswith("zh") else self.en


class ModelFile(Struct, frozen=True):
    """One file of a variant.

    Attributes:
        role: What it is to the model.
        path: Within the repository and within the model's folder; relative, with forward slashes,
            and safe to join on every system.
        size_bytes: None where unknown: the hub's own metadata decides at download time.
        sha256: Of the content, in lower-case hexadecimal; None where unknown, as for the size.
    """

    role: FileRole
    path: str
    size_bytes: int | None = None
    sha256: str | None = None


class ModelVariant(Struct, frozen=True):
    """One form of a model that can be downloaded and run.

    Attributes:
        id: Unique within the model, such as `q4_k_m`.
        engine: What runs it: llama.cpp (GGUF files) or MLX.
        repo: `owner/name` on the hubs.
        revision: A commit; None takes the newest, and the download pins what it found.
        files: Of llama.cpp exactly one model and at most one projector. Empty for MLX: the whole
            repository.
        about_bytes: All files together, rounded; only where no exact sum is known. For showing and
            for `fit`, never for checking.
    """

    id: str
    engine: EngineKind
    repo: str
    revision: str | None
    files: tuple[ModelFile, ...]
    about_bytes: int | None = None

    @property
    def exact_bytes(self) -> int | None:
        """All files together; None when the size of one is unknown or no files are listed."""
        sizes = [file.size_bytes for file in self.files if file.size_bytes is not None]
        return sum(sizes) if sizes and len(sizes) == len(self.files) else None

    @property
    def download_bytes(self) -> int | None:
        """The best figure there is: exact, else rounded, else None."""
        exact = self.exact_bytes
        return exact if exact is not None else self.about_bytes

    def file(self, role: FileRole) -> ModelFile | None:
        """The first file of a role."""
        return next((file for file in self.files if file.role is role), None)


class RecommendedFor(Struct, frozen=True):
    """The machines for which a model is the one to recommend, if it fits well there.

    Attributes:
        above_ram_gib: With more RAM than this.
        is_unified_only: Only where the GPU shares the RAM, as on Apple Silicon.
    """

    above_ram_gib: int
    is_unified_only: bool = False


class ModelSpec(Struct, frozen=True):
    """One entry of the catalogue. None means: not established; nothing here is a guess.

    Attributes:
        id: Unique in the catalogue and safe as a folder name.
        name: As shown to people.
        family: Models of one kind in several sizes share it.
        licence: SPDX identifier.
        parameters: As the publisher writes it, such as `30B-A3B`.
        summary: One plain sentence.
        coordinates: How it writes boxes.
        variants: At least one; the preferred one of each engine first.
        context_length: Tokens it was trained for; the file itself says it too.
        kv_bytes_per_token: Of the attention cache at f16.
        reuses_prompts: Whether the prompt's unchanged beginning is kept between questions.
        sampling: The publisher's defaults.
        pictures: Picture sizes it takes.
        recommended: None: found by those who look for it.
    """

    id: str
    name: str
    family: str
    licence: str | None
    parameters: str | None
    summary: LocalText
    good_at: frozenset[Strength]
    coordinates: Coordinates
    variants: tuple[ModelVariant, ...]
    context_length: int | None = None
    kv_bytes_per_token: int | None = None
    reuses_prompts: bool | None = None
    sampling: GenerationSettings | None = None
    pictures: PictureLimits | None = None
    recommended: RecommendedFor | None = None

    def variant(self, variant_id: str) -> ModelVariant | None:
        """The variant with this id."""
        return next((found for found in self.variants if found.id == variant_id), None)
