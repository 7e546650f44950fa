"""The command line's arguments, and its errors as sentences and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

import desktop
from desktop.cli import exit_codes
from desktop.cli.argument_values import one_of, words_of
from desktop.cli.ask import run_ask
from desktop.cli.cache import add_cache_command
from desktop.cli.doctor import run_doctor
from desktop.cli.form_options import add_form_options
from desktop.cli.model_options import add_model_options
from desktop.cli.models import add_models_command
from desktop.cli.sampling_options import add_sampling_options
from desktop.core.errors import GroundglassError
from desktop.core.types import PictureBudget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str]) -> int:
    """Run a subcommand; gives the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return exit_codes.OK
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) left; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.OK
    except GroundglassError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": {"code": error.code, "message": error.message}}))
        else:
            sys.stderr.write(f"{error.message}\n")
        return exit_codes.exit_code(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="groundglass",
        description="Ask about your pictures, on your own computer. "
        "Without a command the window opens; files given then are added to the question.",
        epilog=exit_codes.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"groundglass {desktop.__version__}")
    commands = parser.add_subparsers(dest="command", title="commands")

    ask = commands.add_parser(
        "ask",
        help="ask about pictures",
        epilog=exit_codes.TABLE,
        formatter_class=parser.formatter_class,
    )
    ask.add_argument("pictures", nargs="+", metavar="PICTURE", help="a file, or - for stdin")
    ask.add_argument("question", help="in any language the model knows")
    ask.add_argument("--json", action="store_true", help="print one JSON object when done")
    ask.add_argument(
        "--budget",
        type=one_of(PictureBudget),
        metavar=words_of(PictureBudget),
        help="how closely to look: fast 256, normal 1024, detail 2048 picture tokens at most "
        "(default: normal with a GPU, fast without)",
    )
    ask.add_argument("--figures", action="store_true", help="say on stderr what the answer took")
    add_form_options(ask)
    add_sampling_options(ask)
    add_model_options(ask)
    ask.set_defaults(run=run_ask)

    doctor = commands.add_parser("doctor", help="print versions, devices, paths and model state")
    add_model_options(doctor)
    doctor.set_defaults(run=run_doctor)
    add_models_command(commands)
    add_cache_command(commands)
    return parser
