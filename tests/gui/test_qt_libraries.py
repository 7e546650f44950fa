"""The sentences are proven by real processes in which the system's loader really fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.gui import qt_libraries

ROOT = Path(__file__).resolve().parents[2]
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux loaders")


def start(home: Path, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """The real app in a fresh process; None removes a variable."""
    environment = dict(os.environ, GROUNDGLASS_HOME=str(home), PYTHONUTF8="1")
    environment.pop("QT_QPA_PLATFORM", None)
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "-m", "desktop", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def hide(folder: Path, *libraries: str) -> str:
    """A folder for LD_LIBRARY_PATH in which these libraries are broken files."""
    folder.mkdir()
    for library in libraries:
        (folder / library).write_bytes(b"not a library")
    return str(folder)


@linux_only
def test_that_a_library_missing_for_the_import_gives_one_sentence_and_exit_code_3(
    tmp_path: Path,
) -> None:
    broken = hide(tmp_path / "broken", "libEGL.so.1", "libxkbcommon.so.0")
    result = start(tmp_path / "home", LD_LIBRARY_PATH=broken)
    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1
    assert "libEGL.so.1, libxkbcommon.so.0" in result.stderr


@linux_only
def test_that_a_library_missing_for_the_x_window_gives_one_sentence_and_exit_code_3(
    tmp_path: Path,
) -> None:
    broken = hide(tmp_path / "broken", "libxcb-cursor.so.0", "libxcb-icccm.so.4")
    result = start(
        tmp_path / "home",
        LD_LIBRARY_PATH=broken,
        DISPLAY=":0",
        WAYLAND_DISPLAY=None,
        XDG_RUNTIME_DIR=str(tmp_path),
    )
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1
    assert "libxcb-cursor.so.0, libxcb-icccm.so.4" in result.stderr


@linux_only
def test_that_no_screen_gives_one_sentence_and_exit_code_3(tmp_path: Path) -> None:
    result = start(
        tmp_path / "home", DISPLAY=None, WAYLAND_DISPLAY=None, XDG_RUNTIME_DIR=str(tmp_path)
    )
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1
    assert "There is no screen" in result.stderr
    assert "groundglass ask" in result.stderr


@linux_only
def test_that_a_screen_that_does_not_answer_gives_one_sentence_and_exit_code_3(
    tmp_path: Path,
) -> None:
    result = start(
        tmp_path / "home",
        DISPLAY=":9973",
        WAYLAND_DISPLAY="wayland-none",
        XDG_RUNTIME_DIR=str(tmp_path),
    )
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1
    assert ":9973" in result.stderr


@linux_only
def test_that_every_library_of_the_tables_is_what_the_installed_qt_asks_for() -> None:
    pyside = pytest.importorskip("PySide6")
    qt = Path(pyside.__file__).parent / "Qt"
    asked = (qt / "plugins/platforms/libqxcb.so").read_bytes()
    asked += (qt / "lib/libQt6XcbQpa.so.6").read_bytes()
    for library in qt_libraries.XCB_LIBRARIES:
        assert library.encode() in asked, library
    asked = b"".join(
        (qt / f"lib/libQt6{name}.so.6").read_bytes()
        for name in ("Core", "Gui", "Widgets", "DBus", "Network")
    )
    for library in qt_libraries.IMPORT_LIBRARIES:
        assert library.encode() in asked, library


def test_that_the_command_names_each_package_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/apt-get")
    sentence = qt_libraries.missing_libraries_sentence(
        ["libglib-2.0.so.0", "libgthread-2.0.so.0", "libEGL.so.1"]
    )
    assert sentence.endswith(
        "Run: sudo apt-get install -y --no-install-recommends libegl1 libglib2.0-0"
    )


def test_that_other_systems_get_no_apt_get(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    sentence = qt_libraries.missing_libraries_sentence(["libEGL.so.1"])
    assert "apt-get" not in sentence
    assert "libEGL.so.1" in sentence


def test_that_a_library_outside_the_tables_is_still_named() -> None:
    error = ImportError("libodd.so.7: cannot open shared object file: No such file or directory")
    problem = qt_libraries.import_problem(error, loads=lambda _name: True)
    assert problem is not None
    assert "libodd.so.7" in problem
    assert "apt-get" not in problem


def test_that_a_missing_pyside_is_told_apart_from_our_own_mistakes() -> None:
    missing = ModuleNotFoundError("No module named 'PySide6'", name="PySide6")
    assert "make run" in (qt_libraries.import_problem(missing) or "")
    assert qt_libraries.import_problem(ModuleNotFoundError("No", name="desktop.gui.nope")) is None
    assert qt_libraries.import_problem(ImportError("cannot import name 'x'")) is None


@pytest.mark.parametrize("platform", ["offscreen", "minimal:size=1", "vnc"])
def test_that_a_platform_a_person_names_is_taken_at_its_word(platform: str) -> None:
    assert qt_libraries.screen_problem({"QT_QPA_PLATFORM": platform}) is None
