"""The command line's arguments, and its errors as sentences and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

import desktop
from desktop.cli import exit_codes
from desktop.cli.ask import run_ask
from desktop.cli.doctor import run_doctor
from desktop.cli.model_options import add_model_options, positive
from desktop.cli.models import add_models_command
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
        "--max-tokens", type=positive, metavar="N", help="end the answer after N tokens"
    )
    ask.add_argument(
        "--budget",
        type=PictureBudget,
        choices=list(PictureBudget),
        help="how closely to look: fast 256, normal 1024, detail 2048 picture tokens at most "
        "(default: normal with a GPU, fast without)",
    )
    add_model_options(ask)
    ask.set_defaults(run=run_ask)

    doctor = commands.add_parser("doctor", help="print versions, devices, paths and model state")
    add_model_options(doctor)
    doctor.set_defaults(run=run_doctor)
    add_models_command(commands)
    return parser
