"""What hubs list, and what is not believed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.connection_log import ConnectionLog
from desktop.store.hubs import (
    HUGGING_FACE_URL,
    MIRROR_URL,
    MODELSCOPE_URL,
    RemoteFile,
    hubs_from,
    hugging_face,
    mirror,
    modelscope,
)
from desktop.store.network import Network
from desktop.store.settings import Settings, Source
from desktop.store.stopping import StopFlag
from tests.hub import REPO, REVISION, Hub, Trouble
from tests.store.downloads import FILES, sha256


def listed(hub: Any, revision: str = REVISION) -> tuple[RemoteFile, ...]:
    files: tuple[RemoteFile, ...] = hub.list_files(
        Network(ConnectionLog(), timeout_s=5.0), REPO, revision, StopFlag()
    )
    return files


def test_that_hugging_face_gives_sizes_and_checksums() -> None:
    with Hub(FILES) as hub:
        hub.files["config.json"] = b"{}"
        hub.plain.add("config.json")
        files = {file.path: file for file in listed(hugging_face(base_url=hub.base_url))}
        assert hub.requests[0].path == f"/api/models/{REPO}/tree/{REVISION}?recursive=true"
    assert set(files) == {*FILES, "config.json"}
    for path, content in FILES.items():
        assert files[path] == RemoteFile(path, len(content), sha256(content), sha256(content))
    assert files["config.json"].sha256 is None
    assert files["config.json"].etag == "9e26dfeeb6e641a33dae4961196235bdb965b21b"


def test_that_modelscope_gives_sizes_and_checksums() -> None:
    with Hub(FILES) as hub:
        files = {file.path: file for file in listed(modelscope(hub.base_url), "master")}
        assert hub.requests[0].path.endswith("/repo/files?Revision=master&Recursive=true")
    assert set(files) == set(FILES)
    for path, content in FILES.items():
        assert files[path] == RemoteFile(path, len(content), sha256(content), None)


@pytest.mark.parametrize("base", [None, "https://huggingface.co"])
def test_that_all_pages_are_read_from_the_same_hub(base: str | None) -> None:
    """Also from a mirror whose links lead to the original."""
    with Hub({f"{number}.bin": b"x" * number for number in range(25)}) as hub:
        hub.page_length = 10
        hub.link_base = base
        assert len(listed(mirror(hub.base_url))) == 25
        assert len(hub.requests) == 3


def test_that_a_listing_without_end_is_given_up() -> None:
    with Hub(FILES) as hub:
        hub.page_length = 0
        with pytest.raises(DownloadError) as caught:
            listed(mirror(hub.base_url))
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE


def entry(**changes: object) -> list[dict[str, object]]:
    return [{"type": "file", "path": "a.gguf", "size": 5, "oid": "1" * 40, **changes}]


def lfs(**changes: object) -> list[dict[str, object]]:
    return entry(lfs={"oid": "a" * 64, "size": 5, **changes})


EVIL_NAMES = [
    "../a", "a/../../b", "/etc/passwd", "a\\b", "C:\\a", "c:a", "a\0b", "a\nb", "a//b", "a/", ".",
    "..", "", "a/.", "a ", "a.", "a\u202egnp", "a\u200b", "x" * 300, "NUL", "a?", "a.gguf.part",
    "a.gguf.part.json",
]  # fmt: skip
ODD = [
    b"", b"{", b"<html>", b"null", b"[1]", b"\xff", b"[" * 100_000, {"error": "no"},
    entry(size=-1), entry(size="5"), entry(size=1.5), entry(size=1 << 60), entry(path=5),
    entry() + entry(), lfs(oid="short"), lfs(size=-5), lfs(size=6), lfs(oid=None),
    *[entry(path=name) for name in EVIL_NAMES],
]  # fmt: skip
SCOPE_CHANGES: list[dict[str, object]] = [
    {"Size": -1}, {"Sha256": "x" * 64}, {"Size": None}, {"Path": "../a"},
]  # fmt: skip
SCOPE_ODD: list[object] = [
    b"", b"null", b"[]", {"Code": 500}, {"Code": 200}, {"Code": 200, "Data": None},
    {"Code": 200, "Data": {"Files": None}}, {"Code": "200", "Data": {"Files": []}},
    *[
        {"Code": 200, "Data": {"Files": [{"Path": "a", "Type": "blob", "Size": 5, **changes}]}}
        for changes in SCOPE_CHANGES
    ],
]  # fmt: skip


@pytest.fixture(scope="module")
def shared_hub() -> Any:
    with Hub(FILES) as hub:
        yield hub


@pytest.mark.parametrize("listing", ODD)
def test_that_an_odd_listing_of_hugging_face_is_a_sentence(shared_hub: Hub, listing: Any) -> None:
    shared_hub.listing = listing
    with pytest.raises(DownloadError) as caught:
        listed(hugging_face(base_url=shared_hub.base_url))
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE
    assert caught.value.details == {"host": shared_hub.host}


@pytest.mark.parametrize("listing", SCOPE_ODD)
def test_that_an_odd_listing_of_modelscope_is_a_sentence(shared_hub: Hub, listing: Any) -> None:
    shared_hub.listing = listing
    with pytest.raises(DownloadError) as caught:
        listed(modelscope(shared_hub.base_url))
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_that_a_refusal_says_who_and_why(status: int) -> None:
    with Hub(FILES) as hub:
        hub.list_troubles.append(Trouble(status=status))
        with pytest.raises(DownloadError) as caught:
            listed(hugging_face(base_url=hub.base_url))
        assert caught.value.code is ErrorCode.DOWNLOAD_REFUSED
        assert caught.value.details == {"host": hub.host, "status": str(status)}


def test_that_a_token_is_for_hugging_face_alone() -> None:
    with Hub(FILES) as hub:
        hub.token = "secret"  # noqa: S105
        assert listed(hugging_face("secret", hub.base_url))
        with pytest.raises(DownloadError):
            listed(mirror(hub.base_url))


def test_that_the_settings_say_which_hubs_are_asked_and_in_which_order() -> None:
    usual = [HUGGING_FACE_URL, MIRROR_URL, MODELSCOPE_URL]
    assert addresses(Settings()) == usual
    chosen = Settings(sources=(Source.MODELSCOPE, Source.HUGGING_FACE))
    assert addresses(chosen) == [MODELSCOPE_URL, HUGGING_FACE_URL]
    own = "https://hub.example/hf"
    assert addresses(replace(chosen, endpoint=own + "/")) == [own, *addresses(chosen)]
    assert addresses(Settings(endpoint=MIRROR_URL + "/")) == [
        MIRROR_URL,
        HUGGING_FACE_URL,
        MODELSCOPE_URL,
    ]
    assert addresses(Settings(sources=(), endpoint="no address")) == usual


def test_that_the_token_of_the_settings_reaches_hugging_face_alone() -> None:
    settings = Settings(endpoint="https://hub.example", hub_token="secret")  # noqa: S106
    with_token = [hub.base_url for hub in hubs_from(settings) if hub.token is not None]
    assert with_token == [HUGGING_FACE_URL]
    damaged = hubs_from(replace(settings, hub_token="two words"))  # noqa: S106
    assert all(hub.token is None for hub in damaged)


def addresses(settings: Settings) -> list[str]:
    return [hub.base_url for hub in hubs_from(settings)]


@pytest.mark.parametrize(
    "address", ["", "hf-mirror.com", "ftp://a.example", "https://u:p@a.example"]
)
def test_that_a_mirror_needs_an_address(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        mirror(address)


def test_that_addresses_are_quoted() -> None:
    url = hugging_face().download_url(REPO, REVISION, "模型 a/b#c%.gguf")
    assert url == (
        f"https://huggingface.co/{REPO}/resolve/main/%E6%A8%A1%E5%9E%8B%20a/b%23c%25.gguf"
    )
    assert modelscope().download_url(REPO, "master", "a.gguf") == (
        f"https://modelscope.cn/models/{REPO}/resolve/master/a.gguf"
    )


@pytest.mark.parametrize(
    ("repo", "revision"),
    [("a", "main"), ("a/b/c", "main"), ("a/..", "main"), ("a/b", "../x"), ("a/b", "x?y"), ("", "")],
)
def test_that_names_of_models_are_checked(repo: str, revision: str) -> None:
    with pytest.raises(ValueError, match="name"):
        hugging_face().download_url(repo, revision, "a.gguf")
