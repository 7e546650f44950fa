from __future__ import annotations

import platform
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from desktop.core.types import Device
from desktop.store.machine import disk_need, free_disk_bytes, measure_machine

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30
CPU = Device("CPU", "A processor", "cpu", 0, 16 * GIB)


def gpu(total: int, kind: str = "gpu") -> Device:
    return Device(f"{kind} {total}", "A card", kind, total // 2, total)


@pytest.fixture
def on_a_pc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def test_that_the_memory_is_that_of_the_system() -> None:
    measured = measure_machine()
    assert measured.total_ram_bytes == psutil.virtual_memory().total
    assert 0 < measured.available_ram_bytes <= measured.total_ram_bytes
    assert measured.gpu_bytes is None


@pytest.mark.usefixtures("on_a_pc")
def test_that_a_processor_is_no_gpu() -> None:
    measured = measure_machine([CPU, Device("BLAS", "A library", "accelerator", GIB, GIB)])
    assert (measured.gpu_bytes, measured.is_unified) == (None, False)


@pytest.mark.usefixtures("on_a_pc")
def test_that_the_largest_gpu_with_memory_of_its_own_counts() -> None:
    devices = [gpu(24 * GIB, "igpu"), gpu(6 * GIB), CPU, gpu(8 * GIB)]
    measured = measure_machine(iter(devices))
    assert (measured.gpu_bytes, measured.is_unified) == (8 * GIB, False)


@pytest.mark.usefixtures("on_a_pc")
def test_that_a_gpu_inside_the_processor_shares_its_memory() -> None:
    measured = measure_machine([CPU, gpu(12 * GIB, "igpu")])
    assert (measured.gpu_bytes, measured.is_unified) == (12 * GIB, True)


@pytest.mark.usefixtures("on_a_pc")
def test_that_a_gpu_of_unknown_memory_has_none_known() -> None:
    assert measure_machine([gpu(0)]).gpu_bytes is None


def test_that_apple_silicon_shares_its_memory_whatever_the_device_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(
        psutil,
        "virtual_memory",
        lambda: SimpleNamespace(total=16 * GIB, available=9 * GIB),
    )
    measured = measure_machine([gpu(11 * GIB), CPU])
    assert (measured.gpu_bytes, measured.is_unified) == (11 * GIB, True)
    assert (measured.total_ram_bytes, measured.available_ram_bytes) == (16 * GIB, 9 * GIB)
    assert measure_machine().is_unified


def test_that_an_intel_mac_has_no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert not measure_machine([gpu(4 * GIB)]).is_unified


def test_that_the_disk_is_asked_where_the_folder_will_be(tmp_path: Path) -> None:
    free = psutil.disk_usage(str(tmp_path)).free
    found = free_disk_bytes(tmp_path / "not" / "yet" / "there")
    assert abs(found - free) < GIB
    assert not (tmp_path / "not").exists()


def test_that_a_disk_which_cannot_be_asked_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: str) -> object:
        raise PermissionError("no")

    monkeypatch.setattr(psutil, "disk_usage", refuse)
    assert free_disk_bytes(tmp_path) == 0
    monkeypatch.setattr("pathlib.Path.exists", refuse)
    assert free_disk_bytes(tmp_path) == 0


@pytest.mark.parametrize(
    ("download", "need"), [(0, 0), (1, 2), (100, 105), (101, 107), (5_000_000_000, 5_250_000_000)]
)
def test_that_a_download_needs_five_percent_more_than_its_size(download: int, need: int) -> None:
    assert disk_need(download) == need
