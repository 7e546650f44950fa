"""Arrays as bytes on the disk and back, whatever their type, and nothing from bad bytes."""

from __future__ import annotations

from typing import Any

import pytest

mx = pytest.importorskip("mlx.core")

from desktop.engine.mlx.forms import Features, FeaturesForm, packed, unpacked  # noqa: E402


def through(tree: Any) -> Any:
    form, parts = packed(tree)
    return unpacked(form, memoryview(b"".join(parts)))


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16", "uint32", "bool_", "int8"])
def test_that_an_array_comes_back_bit_by_bit(name: str) -> None:
    array = (mx.arange(24).reshape(2, 3, 4) - 5).astype(getattr(mx, name))
    found = through([array])[0]
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert mx.array_equal(found, array).item()


def test_that_a_caches_containers_and_settings_come_back() -> None:
    state = {"state": (mx.ones((2, 2)), None), "meta_state": ("1", "64"), "more": [3, 2.5, True]}
    found = through([state, {"state": (), "meta_state": ""}])
    assert mx.array_equal(found[0]["state"][0], mx.ones((2, 2))).item()
    assert found[0]["state"][1] is None
    assert found[0]["meta_state"] == ("1", "64")
    assert found[0]["more"] == [3, 2.5, True]
    assert found[1] == {"state": (), "meta_state": ""}


def test_that_empty_views_and_slices_are_packed_as_they_look() -> None:
    array = mx.arange(12).reshape(3, 4)[:, 1:3]
    assert through([array, mx.zeros((0, 4))])[0].tolist() == array.tolist()
    assert through([mx.zeros((0, 4))])[0].shape == (0, 4)


def test_that_features_come_back() -> None:
    features = Features(mx.ones((4, 8)), (mx.zeros((4, 8)), mx.full((4, 8), 2.0)))
    form, parts = FeaturesForm().packed({"key": features})
    found = FeaturesForm().unpacked(form, memoryview(b"".join(parts)))
    assert found is not None
    assert mx.array_equal(found["key"].deep[1], features.deep[1]).item()
    assert found["key"].size_bytes == features.size_bytes == 3 * 4 * 8 * 4


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (b"", b""),
        (b"not json", b""),
        (b"[1]", b""),
        (b'{"array":["float32",[4]]}', bytes(15)),
        (b'{"array":["float32",[4]]}', bytes(17)),
        (b'{"array":["nothing",[4]]}', bytes(16)),
        (b'{"array":["eval",[4]]}', bytes(16)),
        (b'{"other":1}', b""),
    ],
)
def test_that_bytes_that_are_something_else_give_nothing(form: bytes, data: bytes) -> None:
    assert unpacked(form, memoryview(data)) is None
