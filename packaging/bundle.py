"""What goes into the bundle: pure functions that the PyInstaller spec calls and tests look at."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import mlx_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

#: PyInstaller's table of contents: name in the bundle, file or link target, kind.
Entry: TypeAlias = tuple[str, str, str]

ROOT = Path(__file__).resolve().parents[1]
BUNDLE_ID = "org.groundglass.Groundglass"

# Imported by name only, or by native code.
HIDDEN_IMPORTS = (
    "desktop.cli",
    "desktop.engine.worker",
    "desktop.engine.llama_cpp.engine",
    "desktop.gui.app",
    "desktop.gui.qt_libraries",
    "desktop.gui.selftest",
    "_pi_heif",
)

EXCLUDED_MODULES = (
    # Tests' and builders' tools that import hooks would drag in.
    "tkinter",
    "pytest",
    "setuptools",
    "pip",
    "IPython",
    # What the window never shows.
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtUiTools",
    "PySide6.QtHelp",
    "PySide6.QtDesigner",
    "PySide6.QtXml",
    "PySide6.QtPrintSupport",
)

# Qt files that nothing in the app reaches. `qpdf` wants QtPdf, which Essentials does not have; the
# SQL, QML and tooling plug-ins would bring their libraries with them.
_UNWANTED_QT = (
    "plugins/imageformats/libqpdf",
    "plugins/imageformats/qpdf",
    "plugins/sqldrivers/",
    "plugins/qmltooling/",
    "plugins/qmllint/",
    "plugins/designer/",
    "plugins/egldeviceintegrations/",
    "plugins/networkinformation/",
    "plugins/tls/",
    "plugins/virtualkeyboard/",
    "plugins/platforms/libqeglfs",
    "plugins/platforms/libqlinuxfb",
    "plugins/platforms/libqminimal",
    "plugins/platforms/libqvnc",
    "plugins/platforms/libqvkkhrdisplay",
    "plugins/platforms/qdirect2d",
    "plugins/platforms/qminimal",
    "plugins/platformthemes/libqgtk3",  # the desktop portal gives native file dialogs without GTK
    "/qml/",
    "/metatypes/",
    "/include/",
)
_UNWANTED_QT_LIBRARIES = (
    "Quick",
    "Qml",
    "VirtualKeyboard",
    "Pdf",
    "Sql",
    "Test",
    "Designer",
    "EglFSDeviceIntegration",
    "EglFsKmsSupport",
    "EglFsKmsGbmSupport",
    "LabsAnimation",
    "LabsFolderListModel",
    "Labs",
    "Help",
    "UiTools",
)
# What only Qt's GTK theme plug-in needs.
_GTK_LIBRARIES = (
    "libgtk-3",
    "libgdk-3",
    "libgdk_pixbuf",
    "libatk-1",
    "libatk-bridge",
    "libatspi",
    "libcairo",
    "libpango",
    "libepoxy",
    "libgio-2",
    "libgmodule-2",
    "libgobject-2",
    "libharfbuzz.so",
    "libfribidi",
    "libthai",
    "libdatrie",
    "libgraphite2",
    "libpixman",
)
_KEPT_QT_TRANSLATIONS = ("qtbase_zh_CN.qm", "qt_zh_CN.qm")


def includes_mlx() -> bool:
    """Whether the MLX engine goes in: on macOS, whose bundle is for Apple Silicon only.

    GROUNDGLASS_BUNDLE_MLX=1 puts it in elsewhere too, to try the recipe where there is no Mac.
    """
    return sys.platform == "darwin" or os.environ.get("GROUNDGLASS_BUNDLE_MLX") == "1"


def hidden_imports() -> list[str]:
    """What no import analysis sees."""
    return [*HIDDEN_IMPORTS, *(mlx_parts.hidden_imports() if includes_mlx() else ())]


def excluded_modules() -> list[str]:
    """What stays out, though something names it."""
    mlx = mlx_parts.UNUSED if includes_mlx() else mlx_parts.PACKAGES
    return [*EXCLUDED_MODULES, *mlx]


def data_files() -> list[tuple[str, str]]:
    """Resources, catalogue and built-in model, as PyInstaller's `datas`."""
    builtin = ROOT / "models" / "builtin"
    found = [
        (ROOT / "resources", "resources"),
        (ROOT / "models" / "catalog", "models/catalog"),
        (builtin / "entry.toml", "models/builtin"),
        (builtin / "README.md", "models/builtin"),
        *((file, "models/builtin") for file in sorted(builtin.glob("*.gguf"))),
        (ROOT / "LICENSE", "."),
        (ROOT / "build" / "third-party.json", "."),
        (ROOT / "build" / "release.json", "."),
    ]
    if includes_mlx():
        found.append((builtin / "mlx", "models/builtin/mlx"))
        found += mlx_parts.metadata_folders()
    return [(str(source), target) for source, target in found]


def icon_file(platform: str) -> str | None:
    """The app's icon in the system's own format; Linux takes the SVG from beside the bundle."""
    name = {"darwin": "groundglass.icns", "win32": "groundglass.ico"}.get(platform)
    return None if name is None else str(ROOT / "build" / "icons" / name)


def is_wanted(name: str) -> bool:
    """Whether a file of the bundle is used by anything."""
    path = name.replace("\\", "/")
    if path.startswith(_GTK_LIBRARIES) or not mlx_parts.is_wanted(path):
        return False
    if "PySide6" not in path:
        return True
    if "/translations/" in path:
        return path.rsplit("/", 1)[-1] in _KEPT_QT_TRANSLATIONS
    if any(part in path for part in _UNWANTED_QT):
        return False
    file = path.rsplit("/", 1)[-1]
    stem = file.removeprefix("lib").removeprefix("Qt6").removeprefix("Qt")
    is_library = file != stem and ("Qt6" in file or "/Frameworks/" in path or ".framework" in path)
    return not (is_library and stem.startswith(_UNWANTED_QT_LIBRARIES))


def without_unwanted(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that something uses."""
    return [entry for entry in entries if is_wanted(entry[0])]


def with_links(entries: Iterable[Entry]) -> list[Entry]:
    """The same, with every further copy of llama.cpp's libraries turned into a link.

    Wheels cannot hold symbolic links, so each library is in there under its plain name, its soname
    and its full version.
    """
    kept: list[Entry] = []
    known: dict[str, str] = {}
    for name, source, kind in sorted(entries, key=lambda entry: (-len(entry[0]), entry[0])):
        if kind != "BINARY" or "llama_cpp" not in source or not Path(source).is_file():
            kept.append((name, source, kind))
            continue
        digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
        if digest in known:
            kept.append((name, _relative(known[digest], name), "SYMLINK"))
        else:
            known[digest] = name
            kept.append((name, source, kind))
    return kept


def _relative(target: str, link: str) -> str:
    """Where a link of this name points to, seen from its own folder."""
    return PurePosixPath(os.path.relpath(target, PurePosixPath(link).parent)).as_posix()
