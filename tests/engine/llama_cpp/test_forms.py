"""Embeddings as bytes on the disk and back, and nothing from bytes of another shape."""

from __future__ import annotations

import numpy as np
import pytest

from desktop.engine.llama_cpp.forms import ArrayForm


def test_that_every_chunk_comes_back_bit_by_bit() -> None:
    rng = np.random.default_rng(1)
    chunks = {f"k#{n}": rng.standard_normal((n + 1, 6)).astype(np.float32) for n in range(3)}
    form, parts = ArrayForm(6).packed(chunks)
    found = ArrayForm(6).unpacked(form, memoryview(b"".join(parts)))
    assert found is not None
    assert list(found) == list(chunks)
    for name, chunk in chunks.items():
        np.testing.assert_array_equal(found[name], chunk)
        assert found[name].flags.c_contiguous  # native code reads it by its pointer
    assert ArrayForm(6).size_bytes(found) == 6 * 6 * 4


@pytest.mark.parametrize(
    ("form", "size"),
    [
        (b"", 48),
        (b'{"width":6,"chunks":[["k",2]]}', 47),
        (b'{"width":6,"chunks":[["k",3]]}', 48),
        (b'{"width":4,"chunks":[["k",3]]}', 48),
        (b'{"width":6,"chunks":"k"}', 48),
    ],
)
def test_that_bytes_of_another_shape_give_nothing(form: bytes, size: int) -> None:
    assert ArrayForm(6).unpacked(form, memoryview(bytes(size))) is None
