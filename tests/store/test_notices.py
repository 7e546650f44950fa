from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from desktop.store import notices
from desktop.store.notices import Notice, collect_notices, third_party_notices, write_notices

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def collected() -> dict[str, Notice]:
    return {notice.name.casefold(): notice for notice in collect_notices(has_mlx=False)}


def test_that_everything_the_app_runs_on_is_named_with_its_text(
    collected: dict[str, Notice],
) -> None:
    wanted = {"pyside6_essentials", "shiboken6", "llama_cpp_python", "pillow", "pi_heif", "numpy"}
    wanted |= {"pypdfium2", "httpx", "httpcore", "socksio", "lucide", "python", "jinja2"}
    assert wanted <= set(collected)
    assert not [notice.name for notice in collected.values() if len(notice.text) < 80]


@pytest.mark.skipif(find_spec("mlx_vlm") is None, reason="MLX is not installed here")
def test_that_mlx_and_what_it_runs_on_is_named_where_it_is_shipped() -> None:
    plain = {notice.name for notice in collect_notices(has_mlx=False)}
    found = {notice.name: notice for notice in collect_notices(has_mlx=True)}
    added = {name: found[name] for name in found.keys() - plain}
    assert {"mlx", "mlx-vlm", "transformers", "tokenizers", "safetensors"} <= set(added)
    assert not [name for name, notice in added.items() if len(notice.text) < 80]
    assert len(found) == len(collect_notices(has_mlx=True))
    assert not {"pytest", "mypy", "ruff", "pip", "rich"} & set(found)


def test_that_tools_of_tests_are_not_named(collected: dict[str, Notice]) -> None:
    assert not {"pytest", "mypy", "ruff", "pip", "rich"} & set(collected)


def test_that_qts_terms_are_there_with_the_way_to_its_source(
    collected: dict[str, Notice],
) -> None:
    text = collected["pyside6_essentials"].text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "may be replaced" in text
    assert "https://download.qt.io/official_releases/" in text


def test_that_a_bundle_reads_what_was_written_when_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notices(tmp_path / notices.FILE_NAME, has_mlx=False)
    expected = collect_notices(has_mlx=False)
    monkeypatch.setattr(notices, "bundled_root", lambda: tmp_path)
    assert third_party_notices() == expected
