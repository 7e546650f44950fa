from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.store import notices
from desktop.store.notices import Notice, collect_notices, third_party_notices, write_notices

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def collected() -> dict[str, Notice]:
    return {notice.name.casefold(): notice for notice in collect_notices()}


def test_that_everything_the_app_runs_on_is_named_with_its_text(
    collected: dict[str, Notice],
) -> None:
    wanted = {"pyside6_essentials", "shiboken6", "llama_cpp_python", "pillow", "pi_heif", "numpy"}
    wanted |= {"pypdfium2", "httpx", "httpcore", "socksio", "lucide", "python", "jinja2"}
    assert wanted <= set(collected)
    assert not [notice.name for notice in collected.values() if len(notice.text) < 80]


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
    write_notices(tmp_path / notices.FILE_NAME)
    expected = collect_notices()
    monkeypatch.setattr(notices, "bundled_root", lambda: tmp_path)
    assert third_party_notices() == expected
