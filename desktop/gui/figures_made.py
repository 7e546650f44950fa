"""The figures of an answer that is over, put together from what the engine said of its making."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.types import Figures

if TYPE_CHECKING:
    from desktop.engine.api import GenerationFinished, ModelLoaded
    from desktop.gui.running_answer import RunningAnswer


def made_figures(
    running: RunningAnswer, loaded: ModelLoaded | None, event: GenerationFinished
) -> Figures:
    """Of the answer, and of going over a long document's pages before it.

    `loaded` is what the engine said when the model had been loaded.
    """
    usage, timings, found = event.usage, event.timings, running.found
    if found is not None:
        usage = replace(
            usage,
            pictures_encoded=usage.pictures_encoded + found.pictures_encoded,
            pictures_from_disk=usage.pictures_from_disk + found.pictures_from_disk,
            retries=usage.retries + found.retries,
        )
        timings = replace(timings, first_token_s=timings.first_token_s + found.seconds)
    return Figures(
        model_id=running.model.id if running.model is not None else "",
        usage=usage,
        timings=timings,
        engine=loaded.engine if loaded is not None else None,
        load_s=loaded.load_s if loaded is not None else None,
        worker_bytes=event.worker_bytes,
        in_advance=running.in_advance,
    )
