"""The licences of everything that is shipped: read from the installed packages, or from the bundle.

A bundle holds no package metadata; there, a file written when it was made says the same.
"""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
import tomllib
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from desktop.core.paths import bundled_root, resources_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE_NAME = "third-party.json"

_OURS = "groundglass"
# What pyproject.toml cannot name, since pip would bring 137 MB more with it (requirements/mlx.in).
# Not what these ask for in turn, but what of that is shipped (packaging/mlx_parts.py).
_MLX = (
    "charset-normalizer",
    "filelock",
    "httpcore2",
    "httpx2",
    "huggingface-hub",
    "mlx",
    "mlx-metal",
    "mlx-vlm",
    "pyyaml",
    "regex",
    "requests",
    "safetensors",
    "sentencepiece",
    "tokenizers",
    "tqdm",
    "transformers",
    "urllib3",
)
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[(?P<extras>[^\]]*)\])?")
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")
_LICENCE_FILE = re.compile(r"(?i)(^|/)(licen[cs]es?|copying|notice|authors)[^/]*$|/licenses/")
# Qt's wheels hold no text. Its terms: the libraries are separate files that a person may replace.
_QT_NOTE = """Qt and PySide6 are used under the GNU Lesser General Public License, version 3.

Their libraries are separate files beside the program (the folder PySide6) and may be replaced by
other builds of the same version. Their source is at https://download.qt.io/official_releases/ in
the folders qt and QtForPython."""
_PYTHON_NOTE = (
    "Python is used under the PSF License Agreement: https://docs.python.org/3/license.html"
)
_SUPPLEMENTS = {
    "pyside6-essentials": ("lgpl-3.0.txt", "gpl-3.0.txt"),
    "shiboken6": ("lgpl-3.0.txt", "gpl-3.0.txt"),
    "llama-cpp-python": ("llama-cpp.txt",),
    "sentencepiece": ("apache-2.0.txt",),
    "tokenizers": ("apache-2.0.txt",),
}
_NOTES = {"pyside6-essentials": _QT_NOTE, "shiboken6": _QT_NOTE}


class Notice(Struct, frozen=True):
    """One package that is shipped.

    Attributes:
        name: As its makers write it.
        version: Empty where it has none.
        licence: Its short name, such as `MIT`; empty where the package does not say.
        homepage: Empty where the package does not say.
        text: All its licence texts.
    """

    name: str
    version: str
    licence: str
    homepage: str
    text: str


def third_party_notices() -> tuple[Notice, ...]:
    """Every package that runs in the app, by name; not for the main thread (some 50 ms)."""
    written = bundled_root() / FILE_NAME
    if written.is_file():
        return msgspec.json.decode(written.read_bytes(), type=tuple[Notice, ...])
    return collect_notices()


def collect_notices(*, has_mlx: bool = sys.platform == "darwin") -> tuple[Notice, ...]:
    """The same from the installed packages, and from what is shipped beside them."""
    notices = [_notice(each) for each in _required()]
    if has_mlx:
        known = {notice.name for notice in notices}
        found = (_notice(each) for each in _installed(_MLX))
        notices += [notice for notice in found if notice.name not in known]
    icons = resources_dir() / "icons" / "LICENSE"
    notices.append(Notice("Lucide", "", "ISC", "https://lucide.dev", _read(icons)))
    python = f"{sysconfig.get_path('stdlib')}/LICENSE.txt"
    version = platform.python_version()
    text = _read(python) or _PYTHON_NOTE
    notices.append(Notice("Python", version, "PSF-2.0", "https://www.python.org", text))
    return tuple(sorted(notices, key=lambda notice: notice.name.casefold()))


def write_notices(path: Path, *, has_mlx: bool) -> None:
    """Write what a bundle will read."""
    notices = msgspec.json.encode(collect_notices(has_mlx=has_mlx))
    path.write_bytes(msgspec.json.format(notices, indent=1))


def _required() -> Iterator[Distribution]:
    """The packages that the app needs, directly or not, as far as they are installed here."""
    waiting, known = _first(), set[str]()
    while waiting:
        name, extras = _requirement(waiting.pop())
        if name in known:
            continue
        known.add(name)
        for found in _installed([name]):
            yield found
            waiting += _needs(found, extras)


def _installed(names: Iterable[str]) -> Iterator[Distribution]:
    for name in names:
        with suppress(PackageNotFoundError):  # for another system, or left out
            yield distribution(name)


def _first() -> list[str]:
    """What the project itself needs; in a checkout it is not installed and pyproject says it."""
    pyproject = bundled_root() / "pyproject.toml"
    if pyproject.is_file():
        fields = tomllib.loads(pyproject.read_text(encoding="utf-8"))
        return list(fields["project"]["dependencies"])
    return _needs(distribution(_OURS), frozenset())


def _needs(found: Distribution, extras: frozenset[str]) -> list[str]:
    lines = []
    for line in found.requires or ():
        wanted = _EXTRA.search(line)
        if wanted is None or wanted[1] in extras:
            lines.append(line)
    return lines


def _requirement(line: str) -> tuple[str, frozenset[str]]:
    """The plain name, and the extras in brackets behind it."""
    match = _REQUIREMENT.match(line)
    if match is None:
        return line, frozenset()
    extras = (match["extras"] or "").split(",")
    return _plain(match["name"]), frozenset(extra.strip() for extra in extras if extra.strip())


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _notice(found: Distribution) -> Notice:
    name = _field(found, "Name")
    plain = _plain(name)
    texts = [_NOTES[plain]] if plain in _NOTES else []
    texts += [
        _read(file.locate())
        for file in sorted(found.files or (), key=str)
        if ".dist-info/" in f"{file}" and _LICENCE_FILE.search(f"{file}")
    ]
    texts += [_read(resources_dir() / "licences" / f) for f in _SUPPLEMENTS.get(plain, ())]
    links = found.metadata.get_all("Project-URL") or ()
    return Notice(
        name=name,
        version=found.version,
        licence=_short_licence(found),
        homepage=_field(found, "Home-page") or _homepage(links),
        text="\n\n".join(text.strip() for text in texts if text.strip()),
    )


def _field(found: Distribution, name: str) -> str:
    """The first of this name; empty where there is none."""
    return next(iter(found.metadata.get_all(name) or ()), "")


def _short_licence(found: Distribution) -> str:
    said = _field(found, "License-Expression") or _field(found, "License")
    if said and said != "UNKNOWN" and "\n" not in said and len(said) <= 80:
        return said
    kinds = found.metadata.get_all("Classifier") or ()
    named = [line for line in kinds if line.startswith("License ::")]
    return named[0].rsplit("::", 1)[-1].strip() if named else ""


def _homepage(links: Iterable[str]) -> str:
    named = dict(link.split(", ", 1) for link in links if ", " in link)
    lower = {name.casefold(): address for name, address in named.items()}
    for wanted in ("homepage", "home", "source", "repository", "documentation"):
        if wanted in lower:
            return lower[wanted]
    return ""


def _read(path: object) -> str:
    try:
        with open(f"{path}", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
            return stream.read()
    except OSError:
        return ""
