"""Throughput of our downloads, with hashing, against huggingface_hub alone on the same hub.

    python -m tests.benchmarks.download [--megabytes 300] [--runs 5]

The hub is a process of its own on 127.0.0.1. Runs alternate; what is printed, as JSON, are medians
in MB/s and the median of the ratios of neighbouring runs. huggingface_hub (in dev.in) does not
check what it has received; a plain read of the same bytes is the ceiling.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.store.connection_log import ConnectionLog
from desktop.store.download import Downloader, DownloadRequest, ModelSource, WantedFile
from desktop.store.hubs import HubKind, hugging_face
from desktop.store.network import Network
from desktop.store.stopping import StopFlag
from tests.hub import REPO, REVISION, Hub

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

NAME = "weights.gguf"


def serve(size_bytes: int, pipe: Connection) -> None:
    """Be the hub until the other end of the pipe closes."""
    content = random.Random(7).randbytes(1 << 20) * (size_bytes >> 20)
    with Hub({NAME: content}) as hub:
        pipe.send((hub.base_url, hashlib.sha256(content).hexdigest()))
        pipe.recv()


def ours(base_url: str, size_bytes: int, sha256: str, folder: Path) -> None:
    """Get the file with our downloader."""
    source = ModelSource(HubKind.HUGGING_FACE, REPO, REVISION)
    request = DownloadRequest("m", "m", (WantedFile(NAME, size_bytes, sha256),), (source,))
    network = Network(ConnectionLog())
    downloader = Downloader(network, (hugging_face(base_url=base_url),), folder)
    downloader.fetch(request, StopFlag(), lambda _progress: None)


def theirs(base_url: str, size_bytes: int, _sha256: str, folder: Path) -> None:
    """Get the file with huggingface_hub, into a folder as an app would."""
    from huggingface_hub import hf_hub_download  # noqa: PLC0415 - only for this comparison

    path = hf_hub_download(
        REPO, NAME, revision=REVISION, endpoint=base_url, local_dir=folder, token=False
    )
    assert Path(path).stat().st_size == size_bytes


def plain(base_url: str, size_bytes: int, _sha256: str, _folder: Path) -> None:
    """Receive the bytes and do nothing with them."""
    url = hugging_face(base_url=base_url).download_url(REPO, REVISION, NAME)
    with Network(ConnectionLog()).open(url, purpose="benchmark", stop=StopFlag()) as answer:
        assert sum(map(len, answer.chunks())) == size_bytes


def measure(size_bytes: int, runs: int) -> dict[str, object]:
    """Medians, and every figure they come from."""
    here, there = multiprocessing.Pipe()
    hub = multiprocessing.get_context("spawn").Process(target=serve, args=(size_bytes, there))
    hub.start()
    base_url, sha256 = here.recv()
    found: dict[str, list[float]] = {"ours": [], "huggingface_hub": [], "plain_read": []}
    try:
        for run in range(runs + 1):  # the first one warms up
            for name, get in (("ours", ours), ("huggingface_hub", theirs), ("plain_read", plain)):
                speed = _speed(get, base_url, size_bytes, sha256)
                if run:
                    found[name].append(speed)
    finally:
        here.send(None)
        hub.join()
    pairs = zip(found["ours"], found["huggingface_hub"], strict=True)
    return {
        "megabytes": size_bytes / 1e6,
        "runs": runs,
        "load_average": os.getloadavg()[0],
        "median_mb_per_s": {
            name: round(statistics.median(speeds), 1) for name, speeds in found.items()
        },
        "ratio": round(statistics.median(one / other for one, other in pairs), 3),
        "goal": 0.9,
        "all_mb_per_s": {
            name: [round(speed) for speed in speeds] for name, speeds in found.items()
        },
    }


def _speed(
    get: Callable[[str, int, str, Path], None], base_url: str, size_bytes: int, sha256: str
) -> float:
    folder = Path(tempfile.mkdtemp())
    try:
        started = time.perf_counter()
        get(base_url, size_bytes, sha256, folder)
        return size_bytes / (time.perf_counter() - started) / 1e6
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Parse and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    print(json.dumps(measure(options.megabytes << 20, options.runs), indent=2))


if __name__ == "__main__":
    main()
