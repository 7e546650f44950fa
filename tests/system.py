"""Which Debian packages the tests still need here, one line, empty when none.

    python3 -m tests.system            # all of them, for an apt-get install
    python3 -m tests.system --sentence # what a person should be told when Qt cannot be imported

Standard library only: it runs before there is a virtual environment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from desktop.gui.qt_libraries import (
    IMPORT_LIBRARIES,
    XCB_LIBRARIES,
    is_loadable,
    missing_libraries_sentence,
)


def missing_packages() -> list[str]:
    """Qt's libraries, a virtual screen, and a font with Chinese characters."""
    wanted = IMPORT_LIBRARIES | XCB_LIBRARIES
    packages = {package for library, package in wanted.items() if not is_loadable(library)}
    if shutil.which("Xvfb") is None:
        packages.add("xvfb")
    if not _has_chinese_font():
        packages |= {"fonts-wqy-microhei", "fontconfig"}
    return sorted(packages)


def _has_chinese_font() -> bool:
    tool = shutil.which("fc-list")
    if tool is None:
        return False
    found = subprocess.run([tool, ":lang=zh-cn"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def main() -> int:
    """Print; exit code 1 when a sentence was needed."""
    if "--sentence" not in sys.argv:
        print(" ".join(missing_packages()))
        return 0
    missing = [library for library in IMPORT_LIBRARIES if not is_loadable(library)]
    if sys.platform.startswith("linux") and missing:
        sys.stderr.write(missing_libraries_sentence(missing) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
