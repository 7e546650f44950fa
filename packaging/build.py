"""Builds the bundle for this system into dist/, and tests it: `python packaging/build.py`.

With `--selftest` it only runs the bundle's own test, as a new user's machine would run it: away
from the source and without the variables of a developer.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import bundle
import icons
import sizes

sys.path.insert(0, str(bundle.ROOT))

from desktop.store.notices import FILE_NAME, write_notices

if TYPE_CHECKING:
    from pathlib import Path

BUILD, DIST = bundle.ROOT / "build", bundle.ROOT / "dist"
_SELFTEST_S = 300
# What a person's own programs set, and the bundle must not need.
_UNWANTED_VARIABLES = frozenset(
    {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "QT_PLUGIN_PATH"}
)


def build() -> Path:
    """Make the bundle; gives its folder."""
    BUILD.mkdir(exist_ok=True)
    icons.write_icons(BUILD / "icons")
    write_notices(BUILD / FILE_NAME)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller")]
    spec = str(bundle.ROOT / "packaging" / "groundglass.spec")
    subprocess.run([*command, *places, spec], check=True, cwd=bundle.ROOT)
    report = sizes.report(contents())
    (DIST / "sizes.txt").write_text(report + "\n", encoding="utf-8")
    print(report)  # noqa: T201
    return contents()


def contents() -> Path:
    """The folder that is shipped."""
    return DIST / ("Groundglass.app" if sys.platform == "darwin" else "groundglass")


def program() -> Path:
    """What a terminal starts."""
    match sys.platform:
        case "darwin":
            return contents() / "Contents" / "MacOS" / "Groundglass"
        case "win32":
            return contents() / "groundglass-cli.exe"
        case _:
            return contents() / "groundglass"


def selftest() -> int:
    """Run the bundle's own test; gives its exit code."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED_VARIABLES}
    done = subprocess.run(
        [str(program()), "--selftest"], env=kept, cwd="/", timeout=_SELFTEST_S, check=False
    )
    return done.returncode


def main() -> int:
    """Build and test, or only test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--selftest", action="store_true", help="test what is in dist/ already")
    if not parser.parse_args().selftest:
        build()
    return selftest()


if __name__ == "__main__":
    sys.exit(main())
