"""`groundglass ask`: a question about pictures, its answer on stdout."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.answer_printer import AnswerPrinter
from desktop.cli.conversation import Conversation, show_status
from desktop.cli.figures import figures_report, figures_table
from desktop.cli.form_options import check_whole, schema_of
from desktop.cli.model_options import chosen_model, load_chosen
from desktop.cli.sampling_options import sampling_of, system_prompt_of
from desktop.core import paths
from desktop.core.form_request import held_to, with_request
from desktop.core.types import Message, PictureBudget, Role, StopReason
from desktop.intake.documents import Document, take_page
from desktop.intake.images import take_file
from desktop.store.attachments import AttachmentStore
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    import argparse

    from desktop.core.types import ImageAttachment, InstalledModel
    from desktop.engine.api import GenerationFinished, ModelLoaded


def run_ask(options: argparse.Namespace) -> int:
    """Ask and stream; raises `GroundglassError`."""
    schema = schema_of(options)
    settings = load_settings(paths.settings_file())
    model, engine_options = chosen_model(options)
    with tempfile.TemporaryDirectory(prefix="groundglass-") as folder, Conversation() as talk:
        keeper = AttachmentStore(Path(folder))
        pictures = tuple(each for name in options.pictures for each in _pictures(name, keeper))
        loaded = load_chosen(talk, model, engine_options)
        budget = options.budget or settings.picture_budget
        budget = budget or (PictureBudget.NORMAL if loaded.has_gpu else PictureBudget.FAST)
        question: str = options.question
        asked = question if schema is None else with_request(question, schema)
        message = Message(Role.USER, asked, pictures, budget)
        messages = [message]
        told = system_prompt_of(options, settings, model)
        if told.strip():
            messages.insert(0, Message(Role.SYSTEM, told))
        sampling = held_to(sampling_of(options, settings, model), schema)
        talk.client.generate(messages, sampling)
        with AnswerPrinter(is_shown=not options.json and schema is None) as printer:
            finished = talk.answer(printer)
    if schema is not None:
        check_whole(printer.text)
    if options.json:
        report = _report(model, pictures, printer.text, loaded, finished)
        print(json.dumps(report, ensure_ascii=False))
    else:
        if schema is not None:
            print(printer.text)
        show_status(_why(finished.stop_reason))
    if options.figures:
        sys.stderr.write(figures_table(loaded, finished))
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
    loaded: ModelLoaded,
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
        **figures_report(loaded, finished),
    }
