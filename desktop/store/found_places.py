"""Where other apps keep their models, by their environment variables, settings and habits.

The variables come first, but the usual places are looked into as well: an app that is started from
the desktop does not see what a shell sets.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_SETTINGS_BYTES = 1 << 20


class Places(Struct, frozen=True):
    """Folders to look into; those that are not there are passed over.

    Attributes:
        hugging_face: Roots of Hugging Face caches (`models--*` inside).
        lm_studio: Model folders of LM Studio (`<publisher>/<model>` inside).
        ollama: Model folders of Ollama (`manifests` and `blobs` inside).
        llama_cpp: llama.cpp's caches (GGUF files, or a Hugging Face cache, inside).
    """

    hugging_face: tuple[Path, ...] = ()
    lm_studio: tuple[Path, ...] = ()
    ollama: tuple[Path, ...] = ()
    llama_cpp: tuple[Path, ...] = ()


def default_places(
    environment: Mapping[str, str] | None = None,
    home: Path | None = None,
    platform: str = sys.platform,
) -> Places:
    """Where the apps keep their models on this machine. Never raises.

    Args:
        environment: None takes the process's.
        home: None takes the person's.
        platform: As `sys.platform`.
    """
    variables = _Variables(os.environ if environment is None else environment)
    if home is None:
        try:
            home = Path.home()
        except RuntimeError:
            return Places()
    cache = variables.path("XDG_CACHE_HOME") or home / ".cache"
    return Places(
        hugging_face=_hugging_face(variables, home, cache),
        lm_studio=_lm_studio(home),
        ollama=_ollama(variables, home, platform),
        llama_cpp=_llama_cpp(variables, home, cache, platform),
    )


class _Variables:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def path(self, name: str, *below: str) -> Path | None:
        # Ollama takes quotation marks and spaces off; nobody means them.
        value = self._environment.get(name, "").strip(" '\"")
        if not value or "\0" in value:
            return None
        try:
            return Path(value).expanduser().joinpath(*below)
        except RuntimeError:  # `~somebody` who is not here
            return None


def _hugging_face(variables: _Variables, home: Path, cache: Path) -> tuple[Path, ...]:
    return _each(
        variables.path("HF_HUB_CACHE"),
        variables.path("HUGGINGFACE_HUB_CACHE"),
        variables.path("HF_HOME", "hub"),
        cache / "huggingface" / "hub",
        home / ".cache" / "huggingface" / "hub",
    )


def _lm_studio(home: Path) -> tuple[Path, ...]:
    homes = _each(_pointed_to(home), home / ".lmstudio", home / ".cache" / "lm-studio")
    return _each(*(_downloads_folder(one) for one in homes), *(one / "models" for one in homes))


def _pointed_to(home: Path) -> Path | None:
    """LM Studio's home, as the file that all its programs read at the start names it."""
    text = _read(home / ".lmstudio-home-pointer").strip()
    return Path(text) if text and "\0" not in text and Path(text).is_absolute() else None


def _downloads_folder(lm_studio_home: Path) -> Path | None:
    try:
        settings = json.loads(_read(lm_studio_home / "settings.json"))
    except (ValueError, RecursionError):
        return None
    folder = settings.get("downloadsFolder") if isinstance(settings, dict) else None
    if not isinstance(folder, str) or "\0" in folder or not Path(folder).is_absolute():
        return None
    return Path(folder)


def _ollama(variables: _Variables, home: Path, platform: str) -> tuple[Path, ...]:
    is_linux = platform.startswith("linux")
    return _each(
        variables.path("OLLAMA_MODELS"),
        variables.path("OLLAMA_HOME", "models"),
        home / ".ollama" / "models",
        # Of the user that Linux's installer makes for the service.
        Path("/usr/share/ollama/.ollama/models") if is_linux else None,
    )


def _llama_cpp(variables: _Variables, home: Path, cache: Path, platform: str) -> tuple[Path, ...]:
    if platform == "darwin":
        usual: Path | None = home / "Library" / "Caches" / "llama.cpp"
    elif platform == "win32":
        usual = variables.path("LOCALAPPDATA", "llama.cpp")
    else:
        usual = cache / "llama.cpp"
    return _each(variables.path("LLAMA_CACHE"), usual)


def _read(path: Path) -> str:
    """A small text file; empty if it cannot be read."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_SETTINGS_BYTES:
            return ""
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""


def _each(*paths: Path | None) -> tuple[Path, ...]:
    found: Iterable[Path] = (path for path in paths if path is not None)
    return tuple(dict.fromkeys(found))
