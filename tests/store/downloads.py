"""What the tests of downloads share: a hub's files, a network, waits that take no time."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.store.connection_log import ConnectionLog
from desktop.store.download import Downloader, DownloadRequest, ModelSource, WantedFile
from desktop.store.hubs import Hub, HubKind
from desktop.store.network import Network
from desktop.store.progress import DownloadProgress
from desktop.store.retry import RetryPolicy
from desktop.store.stopping import StopFlag
from tests.hub import REPO, REVISION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hub import Hub as ServedHub


WEIGHTS = random.Random(1).randbytes(300_000)
PROJECTOR = random.Random(2).randbytes(90_000)
OTHER = random.Random(3).randbytes(300_000)
NAME = "模型 Q4.gguf"
ONE = {NAME}
FILES = {NAME: WEIGHTS, "vision/mmproj.gguf": PROJECTOR}
SOURCES = (
    ModelSource(HubKind.HUGGING_FACE, REPO, REVISION),
    ModelSource(HubKind.MODELSCOPE, REPO, "master"),
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def request(*names: str, knows: bool = True, model_id: str = "tiny") -> DownloadRequest:
    """For some of `FILES` (all by default), with or without known sizes and checksums."""
    files = tuple(
        WantedFile(name, len(FILES[name]), sha256(FILES[name])) if knows else WantedFile(name)
        for name in names or FILES
    )
    return DownloadRequest(model_id, model_id, files, SOURCES)


@dataclass
class Waits:
    """Waits that are only written down."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, stop: StopFlag, seconds: float) -> None:
        stop.check()
        self.seconds.append(seconds)


@dataclass
class Setup:
    """A downloader over some hubs, and what it did."""

    folder: Path
    hubs: tuple[Hub, ...]
    network: Network = field(default_factory=lambda: Network(ConnectionLog(), timeout_s=5.0))
    waits: Waits = field(default_factory=Waits)
    progress: list[DownloadProgress] = field(default_factory=list)
    free_bytes: int = 1 << 40
    tries: int = 3
    clock: Callable[[], float] = field(default_factory=lambda: itertools.count().__next__)

    def downloader(self) -> Downloader:
        policy = RetryPolicy(
            tries=self.tries, progress_bytes=1000, wait=self.waits, jitter=lambda: 0.5
        )
        return Downloader(
            self.network,
            self.hubs,
            self.folder,
            retry=policy,
            free_bytes=lambda _folder: self.free_bytes,
            clock=self.clock,
        )

    def get(self, wanted: DownloadRequest, stop: StopFlag | None = None) -> None:
        stop = stop or StopFlag()
        downloader = self.downloader()
        downloader.fetch(downloader.resolve(wanted, stop), stop, self.progress.append)

    def left(self) -> dict[str, bytes]:
        """All files in the models folder."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def installed(names: Iterable[str] = FILES) -> dict[str, bytes]:
    """What `Setup.left` gives when everything is in its place and nothing else."""
    return {str(Path("tiny", name)): FILES[name] for name in sorted(names)}


def ranges(hub: ServedHub) -> list[str | None]:
    return [request.headers.get("range") for request in hub.requests if request.path[:5] == "/cdn/"]
