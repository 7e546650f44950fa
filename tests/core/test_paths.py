from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from desktop.core import paths

if TYPE_CHECKING:
    from pathlib import Path


def test_that_one_variable_moves_everything_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "我的 照片"
    monkeypatch.setenv("GROUNDGLASS_HOME", str(home))
    for path in (
        paths.data_dir(),
        paths.config_dir(),
        paths.log_dir(),
        paths.history_file(),
        paths.attachments_dir(),
        paths.models_dir(),
        paths.downloads_file(),
        paths.local_models_file(),
        paths.settings_file(),
        paths.window_state_file(),
    ):
        assert path.is_relative_to(home.resolve())
    assert not home.exists()  # asking where is not making it


def test_that_the_variable_may_be_relative_to_a_persons_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("GROUNDGLASS_HOME", "~/glass")
    assert paths.data_dir() == tmp_path.resolve() / "glass" / "data"


@pytest.mark.parametrize("value", [None, ""])
def test_that_without_the_variable_the_systems_own_folders_are_used(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("GROUNDGLASS_HOME", raising=False)
    else:
        monkeypatch.setenv("GROUNDGLASS_HOME", value)
    for folder in (paths.data_dir(), paths.config_dir(), paths.log_dir()):
        assert folder.is_absolute()
        assert "groundglass" in str(folder).lower()


def test_that_a_checkout_holds_what_is_bundled() -> None:
    assert (paths.builtin_model_dir() / "entry.toml").is_file()
    assert any(paths.catalog_dir().glob("*.toml"))
    assert paths.resources_dir().is_dir()


def test_that_a_frozen_app_looks_into_its_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.builtin_model_dir() == tmp_path / "models" / "builtin"
    assert paths.catalog_dir() == tmp_path / "models" / "catalog"


def test_that_an_installed_wheel_looks_beside_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "desktop"
    (package / "_bundled").mkdir(parents=True)
    (package / "core").mkdir()
    monkeypatch.setattr(paths, "__file__", str(package / "core" / "paths.py"))
    assert paths.bundled_root() == package.resolve() / "_bundled"
