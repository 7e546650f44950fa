"""Late modules, each case in a process of its own: they change what is imported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from desktop import __main__ as entry

if TYPE_CHECKING:
    from pathlib import Path

SETTING = """
import sys
from desktop.core.late import load_late

def is_loaded(name):
    return type(sys.modules.get(name)).__name__ == "module"
"""


def run(code: str, folder: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SETTING + f"sys.path.insert(0, {str(folder)!r})\n" + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_that_a_late_module_loads_at_its_first_use_and_is_then_the_module_itself() -> None:
    run("""
load_late("fractions")
import fractions as early
assert not is_loaded("fractions")
assert early.Fraction(1, 2) == 0.5
assert is_loaded("fractions")
import fractions
assert fractions is not early
assert fractions.Fraction is early.Fraction
""")


def test_that_a_look_at_its_source_does_not_load_it() -> None:
    run("""
import inspect
load_late("fractions")
import fractions
try:
    inspect.getsource(fractions)
except TypeError:
    pass
assert not is_loaded("fractions")
fractions.Fraction
assert fractions.__file__.endswith("fractions.py")
""")


def test_that_modules_inside_it_and_beside_it_are_found(tmp_path: Path) -> None:
    package = tmp_path / "grove"
    package.mkdir()
    (package / "__init__.py").write_text("HEIGHT = 3\n")
    (package / "tree.py").write_text("from grove import HEIGHT\n")
    (package / "leaf.py").write_text("COLOR = 'green'\n")
    run(
        """
load_late("grove.leaf")
import grove
from grove import leaf
assert not is_loaded("grove.leaf")
assert leaf.COLOR == "green"
load_late("grove")  # loaded already: left as it is
assert grove.HEIGHT == 3
from grove.tree import HEIGHT
""",
        tmp_path,
    )


def test_that_a_module_that_is_missing_is_missed_when_it_is_used() -> None:
    run("""
load_late("no_such_module_anywhere")
import no_such_module_anywhere as missing
try:
    missing.anything
except ModuleNotFoundError as error:
    assert error.name == "no_such_module_anywhere"
else:
    raise AssertionError
""")


def test_that_many_threads_may_be_the_first_to_use_it(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time, builtins\n"
        "builtins.loads = getattr(builtins, 'loads', 0) + 1\n"
        "time.sleep(0.2)\n"
        "VALUE = object()\n"
    )
    run(
        """
import builtins, threading
load_late("slow")
import slow
gate, found = threading.Barrier(8), []
def use():
    gate.wait()
    found.append(slow.VALUE)
threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(found) == 8 and len(set(map(id, found))) == 1
assert builtins.loads == 1
""",
        tmp_path,
    )


def test_that_the_window_does_without_the_heavy_ones_until_they_are_used() -> None:
    names = ", ".join(repr(name) for name in entry._LATE)
    run(f"""
import builtins
from desktop.gui import qt_libraries
load_late({names})
qt_libraries.load_qt()
import desktop.gui.app
assert builtins.__import__ is builtins.__orig_import__
assert not any(is_loaded(name) for name in ({names},))
from desktop.intake.greys import to_8_bits
from PIL import Image
assert to_8_bits(Image.new("I;16", (4, 4), 70)).size == (4, 4)
assert is_loaded("numpy")
""")
