from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bundle
import pytest
import sizes

if TYPE_CHECKING:
    from bundle import Entry


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "llama_cpp" / "lib"
    folder.mkdir(parents=True)
    for name in ("libllama.so", "libllama.so.0", "libllama.so.0.5.0"):
        (folder / name).write_bytes(b"the same library")
    (folder / "libggml.so").write_bytes(b"another one")
    return folder


def test_that_each_llama_library_is_kept_once_and_linked_under_its_other_names(
    library: Path,
) -> None:
    entries: list[Entry] = [
        (f"llama_cpp/lib/{path.name}", str(path), "BINARY") for path in sorted(library.iterdir())
    ]
    entries.append(("libllama.so.0", str(library / "libllama.so.0"), "BINARY"))
    kept = {name: (source, kind) for name, source, kind in bundle.with_links(entries)}
    assert kept["llama_cpp/lib/libllama.so.0.5.0"][1] == "BINARY"
    assert kept["llama_cpp/lib/libllama.so"] == ("libllama.so.0.5.0", "SYMLINK")
    assert kept["llama_cpp/lib/libllama.so.0"] == ("libllama.so.0.5.0", "SYMLINK")
    assert kept["libllama.so.0"] == ("llama_cpp/lib/libllama.so.0.5.0", "SYMLINK")
    assert kept["llama_cpp/lib/libggml.so"][1] == "BINARY"


def test_that_other_libraries_and_files_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "libother.so"
    file.write_bytes(b"x")
    entries: list[Entry] = [("a/libother.so", str(file), "BINARY"), ("b", str(file), "BINARY")]
    assert sorted(bundle.with_links(entries)) == entries


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/lib/libQt6DBus.so.6",
        "PySide6/QtDBus.abi3.so",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "PySide6/Qt/lib/libQt6Svg.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt6Core.dll",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "numpy/core.so",
        "resources/translations/groundglass_zh_CN.qm",
    ],
)
def test_that_what_the_window_needs_is_kept(name: str) -> None:
    assert bundle.is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/lib/libQt6QmlModels.so.6",
        "PySide6\\Qt6Quick.dll",
        "PySide6/Qt/plugins/imageformats/libqpdf.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "libgtk-3.so.0",
    ],
)
def test_that_what_nothing_reaches_is_left_out(name: str) -> None:
    assert not bundle.is_wanted(name)


def test_that_the_bundles_files_exist_and_hold_model_catalogue_and_resources() -> None:
    files = bundle.data_files()
    made = {"third-party.json", "release.json"}  # by packaging/build.py, before the bundle
    assert all(Path(source).exists() for source, _target in files if Path(source).name not in made)
    targets = {target for _source, target in files}
    assert {"resources", "models/catalog", "models/builtin"} <= targets
    names = {Path(source).name for source, target in files if target == "models/builtin"}
    assert {"entry.toml", "groundglass-mini-f16.gguf", "mmproj-groundglass-mini-f16.gguf"} <= names


def test_that_sizes_are_counted_by_part_and_links_not_at_all(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    for name, content in (
        ("PySide6/QtGui.so", b"12345"),
        ("llama_cpp/lib/libllama.so.0", b"123"),
        ("models/builtin/a.gguf", b"1234567"),
        ("libunknown.so", b"1"),
    ):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(content)
    (inside / "libllama.so").symlink_to("llama_cpp/lib/libllama.so.0")
    counted = sizes.sizes(tmp_path)
    assert counted == {"Qt": 5, "llama.cpp": 3, "Built-in model": 7, "Other libraries": 1}
    assert sizes.report(tmp_path).splitlines()[0].endswith("Built-in model")
