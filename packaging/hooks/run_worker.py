"""Runs before everything else in the bundle: the engine worker starts without Qt.

PyInstaller's own start-up for PySide6 imports QtCore into every process of the executable, which
takes as long again as the worker's whole start.
"""

import sys

if sys.argv[1:2] == ["--engine-worker"]:
    from desktop.engine import worker

    sys.exit(worker.main())
