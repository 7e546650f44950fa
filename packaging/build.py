"""Builds the bundle for this system into dist/, and tests it: `python packaging/build.py`.

With `--selftest` it only runs the bundle's own test, as a new user's machine would run it: away
from the source and without the variables of a developer. `GROUNDGLASS_RELEASES_URL` is where the
bundle will look for newer versions when it is told to; without it, it cannot.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import bundle
import icons
import llama
import mlx_parts
import sizes
from places import BUILD, DIST, contents, program

sys.path.insert(0, str(bundle.ROOT))

from desktop.store import releases
from desktop.store.notices import FILE_NAME, write_notices

if TYPE_CHECKING:
    from pathlib import Path

_SELFTEST_S = 300
# What a person's own programs set, and the bundle must not need.
_UNWANTED_VARIABLES = frozenset(
    {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "QT_PLUGIN_PATH"}
)


def build() -> Path:
    """Make the bundle; gives its folder."""
    BUILD.mkdir(exist_ok=True)
    icons.write_icons(BUILD / "icons")
    write_notices(BUILD / FILE_NAME, has_mlx=bundle.includes_mlx())
    url = os.environ.get("GROUNDGLASS_RELEASES_URL") or None
    releases.write_releases_url(BUILD / releases.FILE_NAME, url)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(DIST), "--workpath", str(BUILD / "pyinstaller")]
    spec = str(bundle.ROOT / "packaging" / "groundglass.spec")
    subprocess.run([*command, *places, spec], check=True, cwd=bundle.ROOT)
    report = sizes.report(contents())
    (DIST / "sizes.txt").write_text(report + "\n", encoding="utf-8")
    print(report)  # noqa: T201
    return contents()


def selftest() -> int:
    """Run the bundle's own test; gives its exit code, 1 too if an engine was left out."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED_VARIABLES}
    done = subprocess.run(
        [str(program()), "--selftest"],
        env=kept,
        cwd="/",
        timeout=_SELFTEST_S,
        check=False,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    print(done.stdout, end="")  # noqa: T201
    engines = ["llama.cpp", *(["MLX"] if bundle.includes_mlx() else [])]
    missing = [name for name in engines if f"engine: {name}" not in done.stdout.splitlines()]
    if missing:
        print(f"not tested: {', '.join(missing)}")  # noqa: T201
    return done.returncode or int(bool(missing))


def faults() -> list[str]:
    """What stands against giving the bundle to other people."""
    found = []
    if not llama.is_portable(contents(), sys.platform):
        found.append("llama.cpp was compiled for this computer's processor: see packaging/llama.py")
    if sys.platform == "darwin":
        found += mlx_parts.problems(contents())
    return found


def main() -> int:
    """Build and test, or only test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--selftest", action="store_true", help="test what is in dist/ already")
    parser.add_argument("--release", action="store_true", help="fail unless it can be given away")
    options = parser.parse_args()
    if not options.selftest:
        build()
    for fault in faults():
        print(fault)  # noqa: T201
        if options.release:
            return 1
    return selftest()


if __name__ == "__main__":
    sys.exit(main())
