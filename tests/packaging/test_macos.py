from __future__ import annotations

import plistlib
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bundle
import icons
import plist
import pytest
from PIL import Image

from desktop import __version__
from desktop.intake.images import SUPPORTED_SUFFIXES

PACKAGING = bundle.ROOT / "packaging"
SPEC = PACKAGING / "groundglass.spec"


def test_that_the_plist_is_one_and_says_what_the_app_is() -> None:
    fields = plistlib.loads(plistlib.dumps(plist.info_plist()))
    assert fields == plist.info_plist()
    assert fields["CFBundleIdentifier"] == bundle.BUNDLE_ID
    assert fields["CFBundleShortVersionString"] == __version__
    assert fields["LSMinimumSystemVersion"] == "14.0"
    assert fields["CFBundleLocalizations"] == ["en", "zh_CN"]
    assert fields["NSHighResolutionCapable"] is True


def test_that_it_asks_for_nothing_that_needs_a_usage_description() -> None:
    assert not [key for key in plist.info_plist() if key.endswith("UsageDescription")]


def test_that_it_views_pictures_and_pdf_and_owns_neither() -> None:
    kinds = plist.info_plist()["CFBundleDocumentTypes"]
    assert {kind["CFBundleTypeRole"] for kind in kinds} == {"Viewer"}
    assert {kind["LSHandlerRank"] for kind in kinds} == {"Alternate"}
    contents = {content for kind in kinds for content in kind["LSItemContentTypes"]}
    assert {"public.image", "public.heic", "com.adobe.pdf"} <= contents
    assert {".heic", ".jpg", ".png", ".tiff"} <= set(SUPPORTED_SUFFIXES)


def test_that_entitlements_are_the_two_that_are_explained() -> None:
    content = (PACKAGING / "macos" / "entitlements.plist").read_bytes()
    assert plistlib.loads(content) == {
        "com.apple.security.cs.allow-unsigned-executable-memory": True,
        "com.apple.security.network.client": True,
    }


def test_that_both_icons_hold_all_sizes(tmp_path: Path, qapp: object) -> None:
    icns, ico = icons.write_icons(tmp_path)
    with Image.open(icns) as picture:
        assert max(size[0] * size[2] for size in picture.info["sizes"]) == 1024
    with Image.open(ico) as picture:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= picture.info["sizes"]
    assert struct.unpack(">4sI", icns.read_bytes()[:8]) == (b"icns", icns.stat().st_size)
    middle = icons.draw(64).getpixel((32, 32))
    assert isinstance(middle, tuple)
    assert middle[3] == 255


class Spec:
    """Runs the spec with stand-ins for PyInstaller's classes and remembers what they were given."""

    def __init__(self, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        self.calls: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {}
        space = {name: self._stand_in(name) for name in ("PYZ", "EXE", "COLLECT", "BUNDLE")}
        space["Analysis"] = self._analysis
        space["SPECPATH"] = str(PACKAGING)
        exec(compile(SPEC.read_text(encoding="utf-8"), str(SPEC), "exec"), space)  # noqa: S102

    def _stand_in(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> str:
            self.calls.setdefault(name, []).append((arguments, options))
            return f"{name} {len(self.calls[name])}"

        return call

    def _analysis(self, *arguments: Any, **options: Any) -> Any:
        self.calls.setdefault("Analysis", []).append((arguments, options))

        unwanted = ("PySide6/Qt/lib/libQt6Qml.so.6", "x", "BINARY")
        return SimpleNamespace(binaries=[unwanted], datas=[], scripts=[], pure=[])


def test_that_macos_gets_an_app_for_apple_silicon(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spec("darwin", monkeypatch)
    ((_arguments, options),) = spec.calls["BUNDLE"]
    assert options["name"] == "Groundglass.app"
    assert options["info_plist"] == plist.info_plist()
    assert options["bundle_identifier"] == bundle.BUNDLE_ID
    ((_arguments, options),) = spec.calls["EXE"]
    assert options["target_arch"] == "arm64"
    assert options["console"] is False
    assert options["strip"] is False
    assert options["entitlements_file"].endswith("entitlements.plist")
    assert options["icon"].endswith(".icns")


def test_that_windows_gets_a_program_for_the_window_and_one_for_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = Spec("win32", monkeypatch)
    made = {options["name"]: options["console"] for _arguments, options in spec.calls["EXE"]}
    assert made == {"Groundglass": False, "groundglass-cli": True}
    assert "BUNDLE" not in spec.calls


def test_that_linux_gets_one_program_that_can_print(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spec("linux", monkeypatch)
    ((_arguments, options),) = spec.calls["EXE"]
    assert (options["name"], options["console"]) == ("groundglass", True)
    ((arguments, _options),) = spec.calls["COLLECT"]
    assert [] in arguments  # what was not wanted is gone
    ((_arguments, options),) = spec.calls["Analysis"]
    assert all(Path(hook).is_file() for hook in options["runtime_hooks"])


@pytest.mark.parametrize("script", sorted(PACKAGING.rglob("*.sh")), ids=lambda path: path.name)
def test_that_the_shell_scripts_can_be_read(script: Path) -> None:
    assert script.stat().st_mode & 0o100
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)


def test_that_signing_and_notarising_say_when_they_have_no_secrets(tmp_path: Path) -> None:
    for script, words in (("notarize.sh", "not notarised"), ("keychain.sh", "signed ad hoc")):
        done = subprocess.run(
            ["/bin/sh", str(PACKAGING / "macos" / script), str(tmp_path / "Groundglass.app")],
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert words in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a script for macOS, tried where /bin/sh is")
@pytest.mark.parametrize("is_busy", [False, True])
def test_that_the_disk_image_holds_the_app_and_a_link_to_applications(
    tmp_path: Path, is_busy: bool
) -> None:
    (tmp_path / "packaging" / "macos").mkdir(parents=True)
    (tmp_path / "dist" / "Groundglass.app" / "Contents").mkdir(parents=True)
    script = tmp_path / "packaging" / "macos" / "dmg.sh"
    script.write_bytes((PACKAGING / "macos" / "dmg.sh").read_bytes())
    tools = tmp_path / "tools"
    tools.mkdir()
    seen = tmp_path / "seen"
    for name, lines in {
        "python3": "echo 1.2.3",
        "ditto": 'cp -R "$1" "$2"',
        "sleep": f'echo "slept $1" >> {seen}',
        "codesign": f"echo signed >> {seen}",
        "hdiutil": f"""
[ "$1" = create ] || exit 0
if {str(is_busy).lower()} && [ ! -e {seen} ]; then touch {seen}; exit 1; fi
while [ "$1" != -srcfolder ]; do shift; done
ls -l "$2" >> {seen}
echo "$@" >> {seen}""",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tools / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(script)],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "dist/Groundglass-1.2.3-arm64.dmg"
    told = seen.read_text()
    assert "Applications -> /Applications" in told
    assert "Groundglass.app" in told
    assert "-format ULFO" in told
    assert "signed" not in told  # there is no certificate here
    assert ("slept" in told) is is_busy
