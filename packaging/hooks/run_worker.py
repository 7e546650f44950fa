"""Runs before everything else in the bundle: the engine worker starts without Qt.

PyInstaller's own start-up for PySide6 imports QtCore into every process of the executable, which
takes as long again as the worker's whole start.
"""

import inspect
import sys
from pathlib import Path


def _source_file(thing: object) -> str:
    """Where the source is: PyInstaller's own start-up says so too, and the worker is before it.

    Code in the archive names its file relative to the bundle; transformers looks at whole paths.
    """
    return str(Path(sys._MEIPASS, inspect.getfile(thing)))  # noqa: SLF001 - PyInstaller's folder


if sys.argv[1:2] == ["--engine-worker"]:
    inspect.getsourcefile = _source_file

    from desktop.engine import worker

    sys.exit(worker.main())
