"""`groundglass ask`: a question about pictures, its answer on stdout."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.conversation import Conversation, show_status
from desktop.cli.model_options import chosen_model
from desktop.core import paths
from desktop.core.types import Message, PictureBudget, Role, StopReason
from desktop.intake.documents import Document, take_page
from desktop.intake.images import take_file
from desktop.store.attachments import AttachmentStore
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    import argparse

    from desktop.core.types import ImageAttachment, InstalledModel
    from desktop.engine.api import GenerationFinished


def run_ask(options: argparse.Namespace) -> int:
    """Ask and stream; raises `GroundglassError`."""
    model, engine_options = chosen_model(options)
    with tempfile.TemporaryDirectory(prefix="groundglass-") as folder, Conversation() as talk:
        keeper = AttachmentStore(Path(folder))
        pictures = tuple(each for name in options.pictures for each in _pictures(name, keeper))
        loaded = talk.load(model, engine_options)
        budget = options.budget or load_settings(paths.settings_file()).picture_budget
        budget = budget or (PictureBudget.NORMAL if loaded.has_gpu else PictureBudget.FAST)
        message = Message(Role.USER, options.question, pictures, budget)
        sampling = model.sampling
        if options.max_tokens:
            sampling = replace(sampling, max_tokens=options.max_tokens)
        text: list[str] = []

        def write(piece: str) -> None:
            text.append(piece)
            if not options.json:
                print(piece, end="", flush=True)

        talk.client.generate([message], sampling)
        finished = talk.answer(write)
    if options.json:
        print(json.dumps(_report(model, pictures, "".join(text), finished), ensure_ascii=False))
    else:
        print()
        show_status(_why(finished.stop_reason))
    return exit_codes.OK


def _pictures(name: str, keeper: AttachmentStore) -> tuple[ImageAttachment, ...]:
    """A picture, or all pages of a document."""
    is_pipe = name == "-"
    source = sys.stdin.buffer.read() if is_pipe else Path(name)
    taken = take_file(source, keeper, source_name="stdin" if is_pipe else "")
    if not isinstance(taken, Document):
        return (taken,)
    with taken as document:
        return tuple(take_page(document, page, keeper) for page in range(document.page_count))


def _why(reason: StopReason) -> str:
    match reason:
        case StopReason.LENGTH:
            return "(The answer reached its maximum length.)"
        case StopReason.CONTEXT:
            return "(The context is full.)"
        case StopReason.LOOP:
            return "(Stopped: the model began to repeat itself.)"
        case StopReason.END | StopReason.CANCELLED | StopReason.INTERRUPTED | StopReason.FAILED:
            return ""


def _report(
    model: InstalledModel,
    pictures: tuple[ImageAttachment, ...],
    answer: str,
    finished: GenerationFinished,
) -> dict[str, object]:
    return {
        "answer": answer,
        "stop_reason": finished.stop_reason,
        "model": model.name,
        "pictures": [
            {
                "name": each.source_name,
                "page": each.page,
                "sha256": each.sha256,
                "width": each.width,
                "height": each.height,
            }
            for each in pictures
        ],
        "usage": asdict(finished.usage),
        "timings": asdict(finished.timings),
        "tokens_per_second": finished.timings.tokens_per_second(finished.usage),
    }
