"""Updates resources/translations from the strings in the code: `make translations`.

Every language is a pair of files, both committed: Qt's .ts, which a translator edits (by hand or
with pyside6-linguist), and the .qm compiled from it. English has plural forms only; everything else
is English in the code already.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
SOURCES = ROOT / "desktop" / "gui"
LANGUAGES = ("zh_CN", "en")


def ts_path(language: str, folder: Path = FOLDER) -> Path:
    """The translator's file."""
    return folder / f"groundglass_{language}.ts"


def qm_path(language: str, folder: Path = FOLDER) -> Path:
    """The compiled file."""
    return folder / f"groundglass_{language}.qm"


def update(language: str, folder: Path = FOLDER) -> None:
    """Add what is new in the code to the .ts, and drop what is gone."""
    sources = sorted(str(path.relative_to(ROOT)) for path in SOURCES.glob("*.py"))
    options = ["-locations", "none", "-no-obsolete", "-source-language", "en"]
    if language == "en":
        options.append("-pluralonly")
    _run(
        "lupdate",
        *sources,
        *options,
        "-target-language",
        language,
        "-ts",
        ts_path(language, folder),
    )


def release(language: str, folder: Path = FOLDER) -> None:
    """Compile the .ts."""
    _run("lrelease", "-nounfinished", ts_path(language, folder), "-qm", qm_path(language, folder))


def unfinished(language: str, folder: Path = FOLDER) -> list[str]:
    """Source texts that have no finished translation."""
    return [
        message.findtext("source", "")
        for message in ET.parse(ts_path(language, folder)).iter("message")  # noqa: S314 - our own
        if (translation := message.find("translation")) is None
        or translation.get("type") is not None
        or not all(text.strip() for text in _texts(translation))
    ]


def _texts(translation: ET.Element) -> list[str]:
    forms = translation.findall("numerusform")
    return [form.text or "" for form in forms] if forms else [translation.text or ""]


def _run(tool: str, *arguments: str | Path) -> None:
    """Run one of the tools that come in the PySide6 wheel."""
    suffix = ".exe" if sys.platform == "win32" else ""
    program = Path(PySide6.__file__).parent / f"{tool}{suffix}"
    result = subprocess.run(
        [program, "-silent", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode != 0 or result.stderr.strip():
        raise SystemExit(f"{tool}: {result.stdout}{result.stderr}")


def main() -> int:
    """Update and compile every language; 1 if translations are missing."""
    is_complete = True
    for language in LANGUAGES:
        update(language)
        release(language)
        for source in unfinished(language):
            is_complete = False
            print(f"{language}: not translated: {source}")
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
