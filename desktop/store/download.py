"""Downloading the files of one model from the first source that has them."""

from __future__ import annotations

import contextlib
import functools
import time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.store.file_job import Address, FileJob
from desktop.store.files import store_error
from desktop.store.hubs import HubKind
from desktop.store.machine import disk_need, free_disk_bytes
from desktop.store.network import RefusalError, UnreachableError, no_connection, unusable
from desktop.store.part_file import Expected, PartFile, no_space, remove_state, state_paths
from desktop.store.pausing import forget_runner, pausable
from desktop.store.progress import ProgressMeter
from desktop.store.remote_path import path_in
from desktop.store.retry import FirstFailure, RetryPolicy
from desktop.store.transfer import not_as_expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop.store.hubs import Hub, RemoteFile
    from desktop.store.network import Network
    from desktop.store.progress import DownloadProgress
    from desktop.store.stopping import StopFlag


class WantedFile(Struct, frozen=True):
    """A file of a model; what is None is asked of the hub.

    Attributes:
        path: At the hub and in the model's folder.
        size_bytes: Of the content.
        sha256: Of the content, in lower case.
        git_oid: git's blob id of the content, for files that a hub has no sha256 of.
    """

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    git_oid: str | None = None


class ModelSource(Struct, frozen=True):
    """Where the hubs of one kind have the model."""

    kind: HubKind
    repo: str
    revision: str


class DownloadRequest(Struct, frozen=True):
    """A model to get.

    Attributes:
        model_id: Tells downloads apart.
        folder: Relative to the models folder.
        files: Empty for everything that the hub lists, apart from hidden files.
        sources: At most one for each kind of hub.
    """

    model_id: str
    folder: str
    files: tuple[WantedFile, ...]
    sources: tuple[ModelSource, ...]

    def targets(self, models_dir: Path) -> tuple[Path, ...]:
        """Where the files go; raises `ValueError` if one would leave `models_dir`, or two meet."""
        folder = path_in(models_dir, self.folder)
        targets = tuple(path_in(folder, file.path) for file in self.files)
        if len({str(target).casefold() for target in targets}) != len(targets):
            raise ValueError("two files of one name")
        return targets


class Downloader:
    """Gets models, one at a time, in the calling thread.

    Args:
        network: Makes the connections.
        hubs: In the order in which they are tried.
        models_dir: What every file stays inside of.
        retry: How often and how soon to try again.
        free_bytes: Room on the disk where a folder is or will be.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self,
        network: Network,
        hubs: tuple[Hub, ...],
        models_dir: Path,
        *,
        retry: RetryPolicy | None = None,
        free_bytes: Callable[[Path], int] = free_disk_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._network = network
        self._hubs = hubs
        self._models_dir = models_dir
        self._retry = retry or RetryPolicy()
        self._free_bytes = free_bytes
        self._clock = clock
        self._unreachable: set[str] = set()  # hubs that the next files ask last

    def resolve(self, request: DownloadRequest, stop: StopFlag) -> DownloadRequest:
        """The same with every file, size and checksum that a hub knows.

        Asks nobody if all is known. What the request knows is never replaced: a hub that says
        otherwise is passed over.

        Raises:
            DownloadError: No hub has these files; the first one's error, or the worst.
            StoppedError: `stop` was raised.
            ValueError: A name in the request would leave the folder.
        """
        request.targets(self._models_dir)
        is_known = all(
            file.size_bytes is not None and (file.sha256 or file.git_oid) for file in request.files
        )
        if request.files and is_known:
            return request
        failure = FirstFailure()
        for hub, source in self._places(request):
            with failure:
                listing = self._list(hub, source, stop)
                resolved = replace(request, files=_merged(request.files, listing, hub.host))
                try:
                    resolved.targets(self._models_dir)
                except ValueError as error:  # two of the hub's names are one on some disks
                    raise unusable(hub.host) from error
                return resolved
        raise failure.error or no_connection("")

    def fetch(
        self,
        request: DownloadRequest,
        stop: StopFlag,
        on_progress: Callable[[DownloadProgress], None],
    ) -> None:
        """Bring a resolved request's files to their places; what is there already stays.

        Meanwhile another process can pause it, by `desktop.store.pausing`.

        Raises:
            DownloadError: No source gave the right files. Parts of them stay, to go on later.
            StoreError: The disk does not take them.
            StoppedError: `stop` was raised, here or by another process; parts stay.
            ValueError: The request is not resolved, or a name would leave the folder.
        """
        request.targets(self._models_dir)
        with pausable(self._models_dir, request.folder, stop):
            self._fetch(request, stop, on_progress)

    def _fetch(
        self,
        request: DownloadRequest,
        stop: StopFlag,
        on_progress: Callable[[DownloadProgress], None],
    ) -> None:
        expected = tuple(_expected(file) for file in request.files)
        targets = request.targets(self._models_dir)
        total = sum(item.size_bytes for item in expected)
        meter = ProgressMeter(total, on_progress, self._clock)
        self._check_room(targets, expected)
        done = 0
        for file, target, item in zip(request.files, targets, expected, strict=True):
            job = FileJob(
                network=self._network,
                retry=self._retry,
                part=PartFile(target, item),
                addresses=tuple(
                    Address(
                        hub.base_url,
                        hub.download_url(source.repo, source.revision, file.path),
                        hub.token,
                    )
                    for hub, source in self._places(request)
                ),
                stop=stop,
                tell=functools.partial(meter.tell_file, done, file.path),
                on_unreachable=self._unreachable.add,
            )
            job.run()
            done += item.size_bytes
            meter.tell(done, file.path, is_due=True)

    def _list(self, hub: Hub, source: ModelSource, stop: StopFlag) -> tuple[RemoteFile, ...]:
        try:
            return self._retry.run(
                lambda: hub.list_files(self._network, source.repo, source.revision, stop), stop
            )
        except UnreachableError:
            self._unreachable.add(hub.base_url)
            raise

    def _places(self, request: DownloadRequest) -> Iterator[tuple[Hub, ModelSource]]:
        for hub in sorted(self._hubs, key=lambda hub: hub.base_url in self._unreachable):
            for source in request.sources:
                if source.kind is hub.kind:
                    yield hub, source

    def _check_room(self, targets: tuple[Path, ...], expected: tuple[Expected, ...]) -> None:
        missing = 0
        for target, item in zip(targets, expected, strict=True):
            if _size(target) != item.size_bytes:
                missing += max(0, item.size_bytes - _size(state_paths(target)[0]))
        needed = disk_need(missing)
        available = self._free_bytes(self._models_dir)
        if missing and needed > available:
            raise no_space(needed, available)


def remove_download(models_dir: Path, request: DownloadRequest) -> None:
    """Remove a model's files, parts and papers, and its folder if nothing else is in it.

    Raises:
        StoreError: The disk refuses.
        ValueError: A name in the request would leave the folder.
    """
    folder = path_in(models_dir, request.folder)
    for target in request.targets(models_dir):
        remove_state(target)
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise store_error(error, target) from error
        _remove_empty(target.parent, models_dir)
    forget_runner(models_dir, request.folder)
    _remove_empty(folder, models_dir)


def _remove_empty(folder: Path, root: Path) -> None:
    with contextlib.suppress(OSError):  # not empty, or never made
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _expected(file: WantedFile) -> Expected:
    if file.size_bytes is None:
        raise ValueError("a file without a size")
    return Expected(file.size_bytes, file.sha256, None if file.sha256 else file.git_oid)


def _merged(
    wanted: tuple[WantedFile, ...], listing: tuple[RemoteFile, ...], host: str
) -> tuple[WantedFile, ...]:
    """What is wanted with what the hub says of it; raises `DownloadError`."""
    listed = {file.path: file for file in listing}
    if not wanted:
        wanted = tuple(WantedFile(path) for path in listed if not path.startswith("."))
    if not wanted or any(file.path not in listed for file in wanted):
        raise RefusalError(host, 404)
    merged = []
    for file in wanted:
        remote = listed[file.path]
        if file.size_bytes not in {None, remote.size_bytes} or (
            file.sha256 and remote.sha256 and file.sha256 != remote.sha256
        ):
            raise not_as_expected(file.path, host)
        sha256 = file.sha256 or remote.sha256
        git_oid = file.git_oid or (None if sha256 else remote.etag)
        merged.append(WantedFile(file.path, remote.size_bytes, sha256, git_oid))
    return tuple(merged)


def _size(path: Path) -> int:
    """Of a file; 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
