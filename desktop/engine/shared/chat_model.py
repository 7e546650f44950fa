"""What an engine brings for a loaded model: vocabulary, vision encoder, evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from msgspec import Struct

from desktop.engine.shared.disk_cache import DiskCache
from desktop.engine.shared.template import ChatTemplate
from desktop.engine.shared.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from desktop.core.types import GenerationSettings
    from desktop.engine.api import Job
    from desktop.engine.shared.cache import PromptItem
    from desktop.engine.shared.constraint import Constraint
    from desktop.engine.shared.template import PicturePart

Embedding = TypeVar("Embedding")
"""A picture, or a part of one, as the engine's vision encoder left it."""

Embedding_contra = TypeVar("Embedding_contra", contravariant=True)


class Vision(Protocol[Embedding]):
    """A model's eyes."""

    @property
    def step_count(self) -> int:
        """Steps of progress that one picture's encoding takes."""

    def layout(self, part: PicturePart) -> tuple[PromptItem, ...]:
        """What a picture is in a prompt; needs no pixels."""

    def known(self, part: PicturePart) -> dict[str, Embedding] | None:
        """A picture's embeddings by span key, if they are in memory."""

    def recalled(self, part: PicturePart) -> dict[str, Embedding] | None:
        """The same from the disk, if an earlier run left them there."""

    def encode(
        self, part: PicturePart, job: Job, on_step: Callable[[], None]
    ) -> dict[str, Embedding]:
        """The same computed; raises `CancelledError` with nothing half-done kept."""


class Evaluator(Protocol[Embedding_contra]):
    """The language model with its attention cache, which holds exactly the items in `held`."""

    held: list[PromptItem]

    def reuse(self, prompt: Sequence[PromptItem], *, needs_logits: bool) -> int:
        """Cut the cache to what it shares with a prompt; gives the number of items kept."""

    def cut_back(self, count: int) -> None:
        """Keep at most the first `count` items; what followed is put nowhere."""

    def keep(self, epoch: str) -> None:
        """Write the conversation to the disk, if conversations are kept there."""

    def extend(
        self,
        prompt: Sequence[PromptItem],
        embeddings: Mapping[str, Embedding_contra],
        request_id: str,
        job: Job,
    ) -> None:
        """Evaluate what `held` lacks of the prompt; raises `CancelledError`."""

    def draw_tokens(
        self, settings: GenerationSettings, constraint: Constraint | None = None
    ) -> Generator[int, None, None]:
        """Tokens without end; asking for the next one takes the one before into the cache.

        With a constraint, those that it forces come one after the other and are taken together.
        """


class ChatModel(Struct, Generic[Embedding], frozen=True):
    """A loaded model as a chat sees it.

    `stops` are texts that end an answer, beside the vocabulary's end tokens. `disk` is the cache
    that vision and evaluator write to; None for none.
    """

    template: ChatTemplate
    vocabulary: Vocabulary
    vision: Vision[Embedding] | None
    evaluator: Evaluator[Embedding]
    context_length: int
    stops: tuple[str, ...] = ()
    disk: DiskCache | None = None
