from __future__ import annotations

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.fit import Machine
from desktop.core.types import KvType
from desktop.engine.api import Reduction
from desktop.gui.engine_texts import reduction_text
from desktop.gui.model_entries import EntryState, ModelEntry
from desktop.gui.smaller_model import smaller_installed
from tests.gui.shelf import BUILTIN, catalog_entry

pytestmark = pytest.mark.usefixtures("qapp", "american_numbers")

GIB = 1 << 30
ROOMY = Machine(16 * GIB, 14 * GIB)


def local(key: str, gigabytes: float, state: EntryState = EntryState.READY) -> ModelEntry:
    return ModelEntry(f"local:{key}", key, state, round(gigabytes * GIB))


LARGE, MIDDLE, SMALL = local("large", 20), local("middle", 5), local("small", 2)
GONE = local("gone", 4, EntryState.MISSING)


def chosen(*entries: ModelEntry, machine: Machine = ROOMY, failed: str = LARGE.key) -> str | None:
    found = smaller_installed(entries, machine, failed)
    return None if found is None else found.key


def test_that_the_largest_one_that_fits_is_proposed() -> None:
    assert chosen(SMALL, LARGE, GONE, MIDDLE, BUILTIN) == MIDDLE.key


def test_that_what_is_not_free_now_is_not_proposed() -> None:
    assert chosen(SMALL, LARGE, MIDDLE, BUILTIN, machine=Machine(16 * GIB, 3 * GIB)) == SMALL.key
    assert chosen(SMALL, LARGE, MIDDLE, BUILTIN, machine=Machine(16 * GIB, GIB)) == BUILTIN.key


def test_that_only_a_smaller_one_is_proposed() -> None:
    assert chosen(SMALL, MIDDLE, BUILTIN, failed=SMALL.key) == BUILTIN.key
    assert chosen(SMALL, MIDDLE, BUILTIN, failed=BUILTIN.key) is None


def test_that_for_a_file_that_is_no_entry_any_that_fits_is_meant() -> None:
    assert chosen(SMALL, MIDDLE, BUILTIN, failed="/a/file.gguf") == MIDDLE.key


def test_that_the_catalogue_is_judged_by_its_own_report() -> None:
    small = catalog_entry("qwen3-vl-2b", state=EntryState.READY)
    large = catalog_entry("qwen3-vl-8b", state=EntryState.READY)
    assert chosen(small, large, BUILTIN, failed=large.key) == small.key
    assert small.fit is not None
    short = replace(small, fit=replace(small.fit, is_short_now=True))
    assert chosen(short, large, BUILTIN, failed=large.key) == BUILTIN.key


def test_that_a_model_of_unknown_size_is_not_proposed() -> None:
    unknown = replace(SMALL, size_bytes=None)
    assert chosen(unknown, LARGE, BUILTIN) == BUILTIN.key


def test_that_nothing_is_proposed_where_nothing_is_left() -> None:
    broken = replace(
        BUILTIN,
        state=EntryState.MISSING,
        problem=ModelError("gone.", ErrorCode.MODEL_FILE_MISSING),
    )
    assert chosen(LARGE, broken) is None


@pytest.mark.parametrize(
    ("reduced", "text"),
    [
        (
            Reduction(context_length=4096, context_wanted=16384),
            "To fit the memory, the context is 4,096 tokens instead of 16,384.",
        ),
        (
            Reduction(kv_type=KvType.Q8_0),
            "To fit the memory: attention cache kept as Q8_0.",
        ),
        (
            Reduction(2048, KvType.Q8_0, 12, context_wanted=16384),
            "To fit the memory: context of 2,048 tokens instead of 16,384; attention cache kept as"
            + " Q8_0; 12 layers on the GPU.",
        ),
        (Reduction(gpu_layers=0), "To fit the memory: nothing on the GPU."),
    ],
)
def test_that_what_was_reduced_is_said_in_one_line(reduced: Reduction, text: str) -> None:
    assert reduction_text(reduced) == text
