"""The second front end: ask from a terminal, and look at what this machine has.

Answers go to stdout as they are written; everything else goes to stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import queue
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import desktop
from desktop.core import paths
from desktop.core.errors import EngineError, ErrorCode, GroundglassError, ImageError, ModelError
from desktop.core.types import (
    EngineKind,
    EngineOptions,
    KvType,
    Message,
    PictureBudget,
    Role,
    StopReason,
)
from desktop.engine.api import (
    EngineFailed,
    EngineInspected,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    Phase,
    PromptProgress,
    TextDelta,
)
from desktop.engine.client import EngineClient
from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore
from desktop.store.model_store import builtin_model, model_from_files
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from desktop.core.types import ImageAttachment, InstalledModel
    from desktop.engine.api import EngineEvent

OK, UNEXPECTED, USAGE = 0, 1, 2
PICTURE_REFUSED, MODEL_REFUSED, ENGINE_FAILED, INTERRUPTED = 4, 5, 6, 130
_Event = TypeVar("_Event")
_EPILOG = """exit codes:
  0  done                        4  a picture was refused
  1  unexpected error            5  the model cannot be used
  2  wrong usage                 6  the engine failed
  3  no window can be shown    130  interrupted with Ctrl+C
"""


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand; gives the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return OK
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) left; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except GroundglassError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": {"code": error.code, "message": error.message}}))
        else:
            sys.stderr.write(f"{error.message}\n")
        return _exit_code(error)


def _exit_code(error: GroundglassError) -> int:
    match error:
        case ImageError():
            return PICTURE_REFUSED
        case ModelError():
            return MODEL_REFUSED
        case EngineError():
            return ENGINE_FAILED
        case _:
            return UNEXPECTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundglass",
        description="Ask about your pictures, on your own computer. "
        "Without a command the window opens; files given then are added to the question.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"groundglass {desktop.__version__}")
    commands = parser.add_subparsers(dest="command", title="commands")

    ask = commands.add_parser(
        "ask", help="ask about pictures", epilog=_EPILOG, formatter_class=parser.formatter_class
    )
    ask.add_argument("pictures", nargs="+", metavar="PICTURE", help="a file, or - for stdin")
    ask.add_argument("question", help="in any language the model knows")
    ask.add_argument("--json", action="store_true", help="print one JSON object when done")
    ask.add_argument(
        "--max-tokens", type=_positive, metavar="N", help="end the answer after N tokens"
    )
    ask.add_argument(
        "--budget",
        type=PictureBudget,
        choices=list(PictureBudget),
        help="how closely to look: fast 256, normal 1024, detail 2048 picture tokens at most "
        "(default: normal with a GPU, fast without)",
    )
    _add_model_options(ask)
    ask.set_defaults(run=_ask)

    doctor = commands.add_parser("doctor", help="print versions, devices, paths and model state")
    _add_model_options(doctor)
    doctor.set_defaults(run=_doctor)
    return parser


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("model (default: as in the settings)")
    group.add_argument("--model", type=Path, metavar="F", help="language model, GGUF")
    group.add_argument("--mmproj", type=Path, metavar="F", help="its vision encoder, GGUF")
    group.add_argument("--context", type=_positive, metavar="N", help="context length in tokens")
    group.add_argument("--gpu-layers", type=int, metavar="N", help="-1 all, 0 none")
    group.add_argument("--threads", type=_positive, metavar="N", help="CPU threads")
    group.add_argument(
        "--kv-type", type=KvType, choices=list(KvType), help="attention cache: smaller or exacter"
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


# --- ask ------------------------------------------------------------------------------------------


def _ask(options: argparse.Namespace) -> int:
    model, engine_options = _chosen_model(options)
    with tempfile.TemporaryDirectory(prefix="groundglass-") as folder, _Conversation() as talk:
        keeper = AttachmentStore(Path(folder))
        pictures = tuple(_picture(name, keeper) for name in options.pictures)
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
        _status(_why(finished.stop_reason))
    return OK


def _picture(name: str, keeper: AttachmentStore) -> ImageAttachment:
    if name == "-":
        return take_picture(sys.stdin.buffer.read(), keeper, source_name="stdin")
    return take_picture(Path(name), keeper)


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


# --- doctor ---------------------------------------------------------------------------------------


def _doctor(options: argparse.Namespace) -> int:
    _section("Versions", _versions())
    _section(
        "Folders",
        {
            "data": str(paths.data_dir()),
            "settings": str(paths.settings_file()),
            "logs": str(paths.log_dir()),
            "resources": str(paths.resources_dir()),
        },
    )
    with _Conversation() as talk:
        talk.client.inspect(EngineKind.LLAMA_CPP)
        inspected = talk.wait_for(EngineInspected)
        _section("Engine", dict(inspected.versions))
        _section(
            "Devices",
            {
                device.name: f"{device.kind}, {device.description}, "
                f"{device.free_bytes / 1e9:.1f} of {device.total_bytes / 1e9:.1f} GB free"
                for device in inspected.devices
            },
        )
        model, engine_options = _chosen_model(options)
        loaded = talk.load(model, engine_options)
    _section(
        "Model",
        {
            "name": f"{model.name}{' (built-in)' if model.is_builtin else ''}",
            "files": ", ".join(str(p) for p in (model.model_path, model.projector_path) if p),
            "state": f"loads in {loaded.load_s:.1f} s",
            "context": f"{loaded.context_length} tokens",
            "runs on": "GPU" if loaded.has_gpu else f"CPU, {loaded.threads} threads",
            "pictures": "yes" if loaded.can_see else "no",
        },
    )
    return OK


def _versions() -> dict[str, str]:
    found = {
        "groundglass": desktop.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name in ("PySide6-Essentials", "pillow", "pi-heif", "llama-cpp-python"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _section(title: str, lines: dict[str, str]) -> None:
    print(title)
    for name, value in lines.items():
        print(f"  {name:<20} {value}")


# --- the engine -----------------------------------------------------------------------------------


def _chosen_model(options: argparse.Namespace) -> tuple[InstalledModel, EngineOptions]:
    """What the command line says, and where it is silent what the settings say."""
    settings = load_settings(paths.settings_file())
    kept = settings.engine
    engine_options = EngineOptions(
        context_length=options.context or kept.context_length,
        gpu_layers=options.gpu_layers if options.gpu_layers is not None else kept.gpu_layers,
        threads=options.threads or kept.threads,
        kv_type=options.kv_type or kept.kv_type,
        cache_bytes=kept.cache_bytes,
    )
    if options.model is not None:
        return model_from_files(options.model, options.mmproj), engine_options
    if options.mmproj is not None:
        raise ModelError("--mmproj needs --model.", ErrorCode.MODEL_FILE_MISSING)
    if settings.model_path is not None:
        return model_from_files(settings.model_path, settings.projector_path), engine_options
    return builtin_model(), engine_options


class _Conversation:
    """A client whose events are waited for; a context manager that ends the worker."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        self.client = EngineClient(self._events.put)

    def __enter__(self) -> _Conversation:
        self.client.start()
        return self

    def __exit__(self, *_: object) -> None:
        _status("")
        self.client.close()

    def load(self, model: InstalledModel, options: EngineOptions) -> ModelLoaded:
        """Load and wait; raises what went wrong."""
        self.client.load(model, options)
        return self.wait_for(ModelLoaded)

    def wait_for(self, kind: type[_Event]) -> _Event:
        """The next event of a kind; progress goes to the terminal, failures are raised."""
        for event in self._until():
            if isinstance(event, kind):
                return event
        raise AssertionError("events do not end")

    def answer(self, write: Callable[[str], None]) -> GenerationFinished:
        """Hand every piece of text on until the answer is over."""
        for event in self._until():
            if isinstance(event, TextDelta):
                _status("")
                write(event.text)
            elif isinstance(event, GenerationFinished):
                return event
        raise AssertionError("events do not end")

    def _until(self) -> Iterator[EngineEvent]:
        while True:
            # The short timeout lets Ctrl+C through on Windows.
            try:
                event = self._events.get(timeout=0.5)
            except queue.Empty:
                continue
            match event:
                case EngineFailed(code=code, message=message, details=details):
                    raise _error_of(code, message, dict(details))
                case ModelLoading(fraction=fraction):
                    _status(f"Loading the model {fraction:.0%}")
                case PromptProgress(phase=phase, done=done, total=total):
                    what = (
                        "Looking at the pictures"
                        if phase is Phase.ENCODE
                        else "Reading the question"
                    )
                    _status(f"{what} {done / total:.0%}")
                case _:
                    yield event


def _error_of(code: ErrorCode, message: str, details: dict[str, str]) -> GroundglassError:
    is_model = code in {
        ErrorCode.MODEL_FILE_MISSING,
        ErrorCode.MODEL_UNREADABLE,
        ErrorCode.MODEL_LOAD_FAILED,
        ErrorCode.PROJECTOR_MISSING,
        ErrorCode.PROJECTOR_MISMATCH,
    }
    return (ModelError if is_model else EngineError)(message, code, **details)


def _status(text: str) -> None:
    """One line on stderr that the next one replaces; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
    elif text.startswith("("):
        sys.stderr.write(f"{text}\n")
