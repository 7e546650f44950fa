"""Where things are on this machine. `GROUNDGLASS_HOME` moves everything the app writes."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("Groundglass", appauthor=False)


def _home() -> Path | None:
    value = os.environ.get("GROUNDGLASS_HOME")
    return Path(value).expanduser().resolve() if value else None


def data_dir() -> Path:
    """History and attachments: what a backup should hold."""
    home = _home()
    return home / "data" if home else Path(_DIRS.user_data_dir)


def config_dir() -> Path:
    """Settings and window state."""
    home = _home()
    return home / "config" if home else Path(_DIRS.user_config_dir)


def engine_cache_dir() -> Path:
    """What the engine may compute again: pictures' embeddings, conversations' attention caches."""
    home = _home()
    return (home / "cache" if home else Path(_DIRS.user_cache_dir)) / "engine"


def log_dir() -> Path:
    """Logs; they hold no prompts, answers or file names."""
    home = _home()
    return home / "logs" if home else Path(_DIRS.user_log_dir)


def history_file() -> Path:
    """The SQLite database."""
    return data_dir() / "history.sqlite3"


def attachments_dir() -> Path:
    """Pictures, by the sha256 of their original."""
    return data_dir() / "attachments"


def models_dir() -> Path:
    """Downloaded models, a folder each."""
    return data_dir() / "models"


def downloads_file() -> Path:
    """The list of downloads, finished or not."""
    return data_dir() / "downloads.json"


def local_models_file() -> Path:
    """The list of models that a person added from the disk."""
    return data_dir() / "local-models.json"


def settings_file() -> Path:
    """Settings as JSON."""
    return config_dir() / "settings.json"


def window_state_file() -> Path:
    """Geometry and the like, in Qt's own format."""
    return config_dir() / "window.ini"


def bundled_root() -> Path:
    """The folder with `resources/` and `models/`: frozen bundle, installed wheel or checkout."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen is not None else _root_around(__file__)


@functools.cache  # every icon asks
def _root_around(module_file: str) -> Path:
    package = Path(module_file).resolve().parent.parent
    installed = package / "_bundled"
    return installed if installed.is_dir() else package.parent


def resources_dir() -> Path:
    """Icons, translations, sample pictures."""
    return bundled_root() / "resources"


def builtin_model_dir() -> Path:
    """The built-in model's folder."""
    return bundled_root() / "models" / "builtin"


def catalog_dir() -> Path:
    """The catalogue: one TOML file for each model that can be downloaded."""
    return bundled_root() / "models" / "catalog"
