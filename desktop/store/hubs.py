"""Where models come from: what files a hub has of one, and the address of each.

Nothing that a hub sends is believed before it is checked.
"""

from __future__ import annotations

import re
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from desktop.store.network import HostToken, unusable
from desktop.store.remote_path import checked_path
from desktop.store.settings import TOKEN_PATTERN, Source

if TYPE_CHECKING:
    from desktop.store.network import Answer, Network
    from desktop.store.settings import Settings
    from desktop.store.stopping import StopFlag

HUGGING_FACE_URL = "https://huggingface.co"
MIRROR_URL = "https://hf-mirror.com"
MODELSCOPE_URL = "https://modelscope.cn"

_LISTING_BYTES = 32 << 20
_MOST_PAGES = 100
_MOST_FILES = 20_000
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9][\w.-]{0,127}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_GIT_OID = re.compile(r"[0-9a-f]{40}")
_TOKEN = re.compile(TOKEN_PATTERN)
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_T = TypeVar("_T")
_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 43)]


class HubKind(StrEnum):
    """The language a hub speaks; one model has the same files at all hubs of a kind."""

    HUGGING_FACE = "hugging_face"
    MODELSCOPE = "modelscope"


class RemoteFile(Struct, frozen=True):
    """One file of a model, as a hub describes it.

    Attributes:
        path: Relative, with `/`; safe to put behind a folder.
        size_bytes: Of the content.
        sha256: Of the content, in lower case.
        etag: What the hub calls this content. At Hugging Face, for a file without `sha256`, it is
            git's blob id: a checksum as well.
    """

    path: str
    size_bytes: int
    sha256: str | None
    etag: str | None


class Hub(Struct, frozen=True):
    """A place to download from; `token` goes to its own origin only."""

    kind: HubKind
    base_url: str
    token: HostToken | None = None

    def list_files(
        self, network: Network, repo: str, revision: str, stop: StopFlag
    ) -> tuple[RemoteFile, ...]:
        """All files of a model, in the hub's order.

        Raises:
            DownloadError: The hub cannot be reached, refuses, or answers nonsense.
            StoppedError: `stop` was raised.
            ValueError: `repo` or `revision` is none.
        """
        _check_names(repo, revision)
        if self.kind is HubKind.HUGGING_FACE:
            files = self._hugging_face_files(network, repo, revision, stop)
        else:
            files = self._modelscope_files(network, repo, revision, stop)
        if len({file.path for file in files}) != len(files):
            raise unusable(self.host)
        return files

    def download_url(self, repo: str, revision: str, path: str) -> str:
        """The address of a file; raises `ValueError` for names that are none."""
        _check_names(repo, revision)
        file = quote(checked_path(path), safe="/")
        match self.kind:
            case HubKind.HUGGING_FACE:
                return f"{self._base}/{repo}/resolve/{revision}/{file}"
            case HubKind.MODELSCOPE:
                return f"{self._base}/models/{repo}/resolve/{revision}/{file}"

    @property
    def host(self) -> str:
        """What to call it in a sentence."""
        return urlsplit(self.base_url).netloc

    @property
    def _base(self) -> str:
        return self.base_url.rstrip("/")

    def _hugging_face_files(
        self, network: Network, repo: str, revision: str, stop: StopFlag
    ) -> tuple[RemoteFile, ...]:
        path = f"/api/models/{repo}/tree/{revision}"
        url = f"{self._base}{path}?recursive=true"
        files: list[RemoteFile] = []
        for _ in range(_MOST_PAGES):
            with network.open(url, purpose=f"list {repo}", stop=stop, token=self.token) as answer:
                entries = _decoded(answer, list[_TreeEntry])
                following = _NEXT.search(answer.headers.get("link", ""))
            files.extend(_tree_file(entry, self.host) for entry in entries if entry.type == "file")
            if following is None:
                return tuple(files)
            # Only the query is taken: a mirror's link leads to the original, past the mirror.
            query = urlsplit(following[1]).query
            if not query or len(files) > _MOST_FILES:
                raise unusable(self.host)
            url = f"{self._base}{path}?{query}"
        raise unusable(self.host)

    def _modelscope_files(
        self, network: Network, repo: str, revision: str, stop: StopFlag
    ) -> tuple[RemoteFile, ...]:
        url = f"{self._base}/api/v1/models/{repo}/repo/files?Revision={revision}&Recursive=true"
        with network.open(url, purpose=f"list {repo}", stop=stop) as answer:
            listing = _decoded(answer, _ScopeListing)
        if listing.code != 200 or listing.data is None or len(listing.data.files) > _MOST_FILES:
            raise unusable(self.host)
        return tuple(
            _remote_file(entry.path, entry.size, entry.sha256, None, self.host)
            for entry in listing.data.files
            if entry.type == "blob"
        )


def hugging_face(token: str | None = None, base_url: str = HUGGING_FACE_URL) -> Hub:
    """Hugging Face itself, the only hub with a token; raises `ValueError` if it is no token."""
    return Hub(HubKind.HUGGING_FACE, base_url, HostToken(base_url, token) if token else None)


def mirror(base_url: str = MIRROR_URL) -> Hub:
    """A place with the same paths as Hugging Face (`HF_ENDPOINT`); it is never given a token."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("not the address of a mirror")
    return Hub(HubKind.HUGGING_FACE, base_url)


def modelscope(base_url: str = MODELSCOPE_URL) -> Hub:
    """ModelScope."""
    return Hub(HubKind.MODELSCOPE, base_url)


def hubs_from(settings: Settings) -> tuple[Hub, ...]:
    """Where to download from, in the order that a person chose; their own endpoint comes first.

    Never raises: an endpoint or a token that is none is left out.
    """
    token = settings.hub_token if settings.hub_token and _TOKEN.match(settings.hub_token) else None
    hubs = tuple(_hub(source, token) for source in settings.sources or tuple(Source))
    own = (settings.endpoint or "").rstrip("/")
    if own in {hub.base_url for hub in hubs}:
        return tuple(sorted(hubs, key=lambda hub: hub.base_url != own))
    with suppress(ValueError):
        return (mirror(own), *hubs)
    return hubs


def _hub(source: Source, token: str | None) -> Hub:
    match source:
        case Source.HUGGING_FACE:
            return hugging_face(token)
        case Source.HF_MIRROR:
            return mirror()
        case Source.MODELSCOPE:
            return modelscope()


class _Lfs(msgspec.Struct):
    oid: str
    size: _Size


class _TreeEntry(msgspec.Struct):
    type: str
    path: str
    size: _Size = 0
    oid: str | None = None
    lfs: _Lfs | None = None


class _ScopeEntry(msgspec.Struct, rename="pascal"):
    path: str
    type: str
    size: _Size = 0
    sha256: str | None = None


class _ScopeData(msgspec.Struct, rename="pascal"):
    files: list[_ScopeEntry]


class _ScopeListing(msgspec.Struct, rename="pascal"):
    code: int
    data: _ScopeData | None = None


def _decoded(answer: Answer, kind: type[_T]) -> _T:
    answer.refuse()
    try:
        return msgspec.json.decode(answer.read(_LISTING_BYTES), type=kind)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise unusable(answer.host) from error


def _tree_file(entry: _TreeEntry, host: str) -> RemoteFile:
    if entry.lfs is None:
        oid = entry.oid if entry.oid and _GIT_OID.fullmatch(entry.oid) else None
        return _remote_file(entry.path, entry.size, None, oid, host)
    if entry.size not in {0, entry.lfs.size}:
        raise unusable(host)
    return _remote_file(
        entry.path, entry.lfs.size, entry.lfs.oid.removeprefix("sha256:"), entry.lfs.oid, host
    )


def _remote_file(
    path: str, size_bytes: int, sha256: str | None, etag: str | None, host: str
) -> RemoteFile:
    try:
        checked_path(path)
    except ValueError as error:
        raise unusable(host) from error
    if sha256 and not _SHA256.fullmatch(sha256):
        raise unusable(host)
    return RemoteFile(path, size_bytes, sha256.lower() if sha256 else None, etag)


def _check_names(repo: str, revision: str) -> None:
    if not _REPO.fullmatch(repo) or not _REVISION.fullmatch(revision) or ".." in repo + revision:
        raise ValueError("not a model's name")
