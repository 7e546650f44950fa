"""In a process of its own: the collector changes the interpreter for good."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, threading
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from desktop.gui.collector import Collector

app = QCoreApplication([])
collector = Collector(app)
ended = []

class Forgotten(QObject):
    def __init__(self):
        super().__init__()
        self.me = self  # only the collector can end it

    def __del__(self):
        ended.append(threading.current_thread() is threading.main_thread())

def litter():
    for _ in range(2000):
        Forgotten()

litter()
thread = threading.Thread(target=lambda: [[] for _ in range(200_000)])
thread.start()
thread.join()
assert not ended, "collected in a thread"
QTimer.singleShot(0, lambda: None)
while len(ended) < 2000:
    app.processEvents()
assert all(ended), "collected outside the main thread"
print("ok")
"""


def test_that_a_forgotten_object_ends_on_the_main_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "ok\n", done.stderr
