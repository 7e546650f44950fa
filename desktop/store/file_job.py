"""One file of a model: what is there is checked, the rest comes from the first good source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from desktop.store.files import store_error
from desktop.store.network import HostToken, Network, UnreachableError, no_connection
from desktop.store.part_file import PartFile
from desktop.store.retry import FirstFailure, RetryPolicy
from desktop.store.stopping import StopFlag
from desktop.store.transfer import corrupt, transfer

_T = TypeVar("_T")


class _Tell(Protocol):
    def __call__(self, done_in_file: int, is_checking: bool) -> None: ...


class Address(Struct, frozen=True):
    """Where a source has the file, and the secret for that source alone."""

    hub_url: str
    url: str
    token: HostToken | None


class FileJob(Struct, frozen=True):
    """The work on one file, in the calling thread; `run` once."""

    network: Network
    retry: RetryPolicy
    part: PartFile
    addresses: tuple[Address, ...]
    stop: StopFlag
    tell: _Tell
    on_unreachable: Callable[[str], None]

    def run(self) -> None:
        """Bring the file to its place; nothing to do if it is there and right.

        Raises:
            DownloadError: No source gave the right file.
            StoreError: The disk does not take it.
            StoppedError: `stop` was raised; the part is kept.
        """
        with self.part.opened():
            try:
                if self._is_there():
                    self.part.discard()
                    return
                self._check(self.part.rehash)
                self._bring()
                self.part.install()
            except BaseException:
                if self.part.size_bytes == 0:
                    self.part.discard()
                raise

    def _is_there(self) -> bool:
        target = self.part.target
        try:
            if target.stat().st_size != self.part.expected.size_bytes:
                return False
            return self._check(self.part.is_same_as_target)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise store_error(error, target) from error

    def _check(self, read: Callable[[Callable[[int], None]], _T]) -> _T:
        """Read bytes from the disk, telling how far."""
        done = 0

        def on_bytes(count: int) -> None:
            nonlocal done
            self.stop.check()
            done += count
            self.tell(done, is_checking=True)

        return read(on_bytes)

    def _bring(self) -> None:
        failure = FirstFailure()
        for address in self.addresses:
            with failure:
                self._bring_or_shun(address)
                return
        raise failure.error or no_connection("")

    def _bring_or_shun(self, address: Address) -> None:
        try:
            self._bring_from(address)
        except UnreachableError:
            self.on_unreachable(address.hub_url)
            raise

    def _bring_from(self, address: Address) -> None:
        self._transfer(address)
        if not self.part.is_right() and self.part.is_pieced:
            # Its beginning may be another source's, or torn by a power failure.
            self.part.restart(None)
            self._transfer(address)
        if not self.part.is_right():
            raise corrupt(self.part, urlsplit(address.url).netloc)

    def _transfer(self, address: Address) -> None:
        def attempt() -> None:
            transfer(
                self.network,
                address.url,
                address.token,
                self.part,
                self.stop,
                lambda: self.tell(self.part.size_bytes, is_checking=False),
            )

        self.retry.run(attempt, self.stop, lambda: self.part.size_bytes)
