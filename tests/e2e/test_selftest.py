"""The test that every bundle runs on itself, run on the source."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run(tmp_path: Path, *code: str) -> subprocess.CompletedProcess[str]:
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, *(code or ("-m", "desktop", "--selftest"))],
        env=os.environ | {"HOME": str(home), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not home.exists()
    return done


def test_that_a_whole_installation_passes_says_versions_and_leaves_nothing(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "passed"
    for words in ("Groundglass 0.", "llama-cpp-python ", "device: cpu", "PDF page:", "red"):
        assert words in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_that_a_wrong_answer_fails(tmp_path: Path) -> None:
    code = """
import os, sys
from desktop import __main__ as entry
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from desktop.gui import selftest
selftest._EXPECTED = "purple with dots"
sys.argv = ["desktop", "--selftest"]
sys.exit(entry.main())
"""
    done = run(tmp_path, "-c", code)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "FAILED"
