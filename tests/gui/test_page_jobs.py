"""Work with open documents on pool threads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Qt waits for its pool at the very end, when other libraries have been given up already.
_LEAVING = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from desktop.gui.jobs import run_job
from desktop.intake.documents import open_document

app = QCoreApplication([])
document = open_document(Path(sys.argv[1]))

def draw():
    for _ in range(2000):
        document.render(0)

run_job(draw, print, print, owner=app)
QTimer.singleShot(200, app.quit)
app.exec()
"""


@pytest.mark.parametrize("attempt", range(4))
def test_that_the_app_may_be_left_while_a_page_is_drawn(attempt: int) -> None:
    document = ROOT / "tests" / "fixtures" / "reportlab.pdf"
    done = subprocess.run(
        [sys.executable, "-c", _LEAVING, str(document)],
        cwd=ROOT,
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
