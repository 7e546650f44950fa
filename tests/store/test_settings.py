from __future__ import annotations

import errno
import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, StoreError
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import (
    Adapter,
    EngineKind,
    EngineOptions,
    FlashAttention,
    KvType,
    PictureBudget,
)
from desktop.store.settings import Settings, Source, load_settings, save_settings

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = Settings(
    language="zh_CN",
    appearance="dark",
    picture_budget=PictureBudget.DETAIL,
    model_id="qwen3-vl-4b:q4_k_m",
    idle_minutes=30,
    is_offline=True,
    sources=(Source.MODELSCOPE, Source.HUGGING_FACE),
    endpoint="https://hub.example/hf",
    hub_token="hf_secret",  # noqa: S106
    engine=EngineOptions(8192, -1, 4, KvType.Q8_0, FlashAttention.OFF, 1 << 30, 1 << 20, True),
    models={
        "qwen3-vl-4b:q4_k_m": ModelChoices(
            EngineKind.MLX,
            SamplingChoices(temperature=0.5, seed=7),
            "Be short. 简短。",
            (Adapter(Path("/adapters/适配.gguf"), 0.5),),
        )
    },
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "配置 folder" / "settings.json"


def written(path: Path, fields: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


def plain(settings: Settings, path: Path) -> dict[str, object]:
    save_settings(path, settings)
    fields: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return fields


@pytest.mark.parametrize("settings", [Settings(), FULL])
def test_that_what_is_saved_is_loaded(path: Path, settings: Settings) -> None:
    save_settings(path, settings)
    assert load_settings(path) == settings
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_that_only_their_owner_can_read_them(path: Path) -> None:
    save_settings(path, FULL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_that_a_missing_file_gives_the_defaults_and_stays_missing(path: Path) -> None:
    assert load_settings(path) == Settings()
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"language": "en"',
        b"\0" * 100,
        b"[" * 100_000,
        b'{"x": ' + b"9" * 10_000 + b"}",
    ],
    ids=range(10),
)
def test_that_a_damaged_file_is_moved_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert load_settings(path) == Settings()
    assert not path.exists()
    assert path.with_name("settings.json.damaged").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("language", "en\n"),
        ("language", None),
        ("language", 3),
        ("appearance", "pink"),
        ("picture_budget", "huge"),
        ("picture_budget", 256),
        ("model_id", 5),
        ("model_id", ""),
        ("model_id", "a:b:c"),
        ("model_id", "two words"),
        ("model_id", "x" * 1000),
        ("idle_minutes", 0),
        ("idle_minutes", 1.5),
        ("idle_minutes", 10**9),
        ("is_offline", "yes"),
        ("sources", []),
        ("sources", ["modelscope", "modelscope"]),
        ("sources", ["elsewhere"]),
        ("sources", "modelscope"),
        ("endpoint", "hub.example"),
        ("endpoint", "ftp://hub.example"),
        ("endpoint", "https://me:secret@hub.example"),
        ("endpoint", "https://"),
        ("hub_token", ""),
        ("hub_token", "two words"),
        ("hub_token", "hf_密"),
        ("engine", None),
        ("engine", [1]),
        ("engine", "fast"),
    ],
)
def test_that_a_bad_field_has_its_default_and_the_others_stay(
    path: Path, name: str, value: object
) -> None:
    written(path, {**plain(FULL, path), name: value})
    assert load_settings(path) == replace(FULL, **{name: getattr(Settings(), name)})
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("context_length", -1),
        ("context_length", "4096"),
        ("context_length", 4096.0),
        ("context_length", 10**30),
        ("gpu_layers", -2),
        ("gpu_layers", True),
        ("threads", 0),
        ("threads", 10**9),
        ("kv_type", "q1"),
        ("kv_type", None),
        ("cache_bytes", -5),
        ("cache_bytes", 10**20),
        ("flash_attention", "maybe"),
        ("flash_attention", True),
        ("disk_cache_bytes", -1),
        ("keeps_conversations", "yes"),
    ],
)
def test_that_a_bad_engine_option_has_its_default_and_the_others_stay(
    path: Path, name: str, value: object
) -> None:
    fields = plain(FULL, path)
    engine = fields["engine"]
    assert isinstance(engine, dict)
    engine[name] = value
    written(path, fields)
    expected = replace(FULL.engine, **{name: getattr(EngineOptions(), name)})
    assert load_settings(path) == replace(FULL, engine=expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", "warm"),
        ("temperature", float("nan")),
        ("temperature", [1]),
        ("top_p", 1.5),
        ("top_k", 2.5),
        ("top_k", -1),
        ("min_p", 2),
        ("presence_penalty", 3),
        ("repetition_penalty", 0),
        ("max_tokens", 0),
        ("seed", -1),
        ("seed", 1 << 32),
        ("seed", 7.5),
    ],
)
def test_that_a_bad_choice_for_a_model_has_its_default_and_the_others_stay(
    path: Path, name: str, value: object
) -> None:
    model_id = next(iter(FULL.models))
    all_chosen = SamplingChoices(500, 0.5, 0.9, 40, 0.05, 0.5, 1.1, 7)
    settings = FULL.with_choices(
        model_id, replace(FULL.models[model_id], sampling=all_chosen)
    ).with_choices("other", ModelChoices(system_prompt="Be brief."))
    fields: Any = plain(settings, path)
    fields["models"][model_id]["sampling"][name] = value
    written(path, fields)
    expected = replace(settings.choices(model_id), sampling=replace(all_chosen, **{name: None}))
    assert load_settings(path) == settings.with_choices(model_id, expected)


@pytest.mark.parametrize("models", [None, [], "all", {"other": "fast"}, {"other": None}])
def test_that_choices_of_no_shape_are_none(path: Path, models: object) -> None:
    written(path, {**plain(FULL, path), "models": models})
    assert load_settings(path) == replace(FULL, models={})


@pytest.mark.parametrize(
    ("name", "value"),
    [("engine", "onnx"), ("system_prompt", 5), ("adapters", "x.gguf"), ("adapters", [{"p": 1}])],
)
def test_that_the_rest_of_a_models_choices_stays_beside_a_bad_one(
    path: Path, name: str, value: object
) -> None:
    (model_id, choices), *_ = FULL.models.items()
    fields: Any = plain(FULL, path)
    fields["models"][model_id][name] = value
    written(path, fields)
    expected = replace(choices, **{name: getattr(ModelChoices(), name)})
    assert load_settings(path) == FULL.with_choices(model_id, expected)


def test_that_nothing_is_kept_of_a_model_for_which_nothing_is_chosen() -> None:
    (model_id, _), *_ = FULL.models.items()
    assert FULL.with_choices(model_id, ModelChoices()).models == {}


def test_that_fields_of_other_versions_are_ignored_and_missing_ones_have_defaults(
    path: Path,
) -> None:
    written(path, {"language": "en", "colour": {"a": [1]}, "engine": {"threads": 2, "x": 1}})
    assert load_settings(path) == Settings(language="en", engine=EngineOptions(threads=2))


def test_that_a_byte_order_mark_does_no_harm(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'\xef\xbb\xbf{"language": "en"}')
    assert load_settings(path) == Settings(language="en")


def test_that_a_model_may_stay_loaded_for_good(path: Path) -> None:
    settings = Settings(idle_minutes=None)
    save_settings(path, settings)
    assert load_settings(path) == settings


def test_that_a_token_is_not_shown_where_settings_are(path: Path) -> None:
    assert "hf_secret" not in repr(FULL)


def test_that_a_folder_in_the_place_of_the_file_gives_the_defaults(path: Path) -> None:
    path.mkdir(parents=True)
    assert load_settings(path) == Settings()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_that_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles.json"
    save_settings(target, Settings())
    path.parent.mkdir()
    path.symlink_to(target)
    save_settings(path, FULL)
    assert path.is_symlink()
    assert load_settings(target) == FULL


def test_that_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "settings.json", tmp_path):
        with pytest.raises(StoreError) as caught:
            save_settings(path, FULL)
        assert caught.value.code == ErrorCode.STORE_UNWRITABLE
        assert str(path.parent) in caught.value.message
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def full_disk(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def failing_disk(_handle: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(
    ("fsync", "code"),
    [(full_disk, ErrorCode.DISK_FULL), (failing_disk, ErrorCode.STORE_UNWRITABLE)],
)
def test_that_a_failed_write_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch, fsync: Callable[[int], None], code: ErrorCode
) -> None:
    save_settings(path, FULL)
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StoreError) as caught:
        save_settings(path, Settings())
    assert caught.value.code == code
    assert load_settings(path) == FULL
    assert [file.name for file in path.parent.iterdir()] == [path.name]
