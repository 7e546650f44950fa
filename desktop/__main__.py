"""The only entry: `--engine-worker`, `--selftest`, a subcommand, or nothing (the window).

Imports wait until it is clear which of them is needed: the worker must never load Qt, the command
line must work without it, and a Qt that cannot start gets a sentence instead of a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = frozenset({"ask", "cache", "doctor", "models", "--help", "-h", "--version"})
_NO_WINDOW = 3  # exit code: no window can be shown on this system
# A third of the window's imports: what only jobs use, for pictures and downloads, and what is not
# shown at the start.
_LATE = (
    "email.utils",
    "httpx",
    "numpy",
    "packaging.version",
    "ssl",
    "truststore",
    "desktop.gui.about_dialog",
    "desktop.gui.answer_item",
    "desktop.gui.box_preview",
    "desktop.gui.connections_dialog",
    "desktop.gui.document_card",
    "desktop.gui.figures_dialog",
    "desktop.gui.improve_sheet",
    "desktop.gui.models_window",
    "desktop.gui.schema_sheet",
    "desktop.gui.settings_dialog",
    "desktop.gui.shortcuts_dialog",
    "desktop.gui.table_bar",
    "desktop.gui.update_dialog",
    "desktop.intake.documents",
    "desktop.intake.images",
    "desktop.intake.improve",
    "desktop.intake.pyramid",
    "desktop.intake.regions",
)


def main() -> int:
    """Run what the command line asks for; gives the exit code."""
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else ""
    if first == "--engine-worker":
        from desktop.engine import worker  # noqa: PLC0415

        return worker.main()
    if first in _COMMANDS:
        from desktop import cli  # noqa: PLC0415

        return cli.main(arguments)
    if first == "--selftest":
        return _test_installation()
    return _show_window(arguments)


def _test_installation() -> int:
    """The whole way without a screen, in a home of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="groundglass-selftest-") as home:
        os.environ["GROUNDGLASS_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from desktop.gui import selftest  # noqa: PLC0415

        return selftest.run()


def _show_window(arguments: Sequence[str]) -> int:
    from desktop.core.late import load_late  # noqa: PLC0415
    from desktop.gui import qt_libraries  # noqa: PLC0415

    load_late(*_LATE)
    gc.disable()  # imports leave nothing behind; the window has a collector of its own

    try:
        qt_libraries.load_qt()
        from desktop.gui import app  # noqa: PLC0415
    except ImportError as error:
        problem = qt_libraries.import_problem(error)
        if problem is None:
            raise
    else:
        problem = qt_libraries.screen_problem() if sys.platform.startswith("linux") else None
        if problem is None:
            return app.run(arguments)
    sys.stderr.write(f"{problem}\n")
    return _NO_WINDOW


if __name__ == "__main__":
    sys.exit(main())
