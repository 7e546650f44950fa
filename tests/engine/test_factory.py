from __future__ import annotations

import sys

import pytest

from desktop.core.engine_choice import engine_name
from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import EngineKind
from desktop.engine.factory import create_engine


@pytest.mark.parametrize(
    ("kind", "library"), [(EngineKind.LLAMA_CPP, "llama_cpp"), (EngineKind.MLX, "mlx")]
)
def test_that_an_engine_whose_library_is_missing_is_said(
    kind: EngineKind, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = f"desktop.engine.{kind}"
    for name in list(sys.modules):
        if name == library or name.startswith((f"{library}.", f"{ours}.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EngineError) as caught:
        create_engine(kind)
    assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE
    assert caught.value.message.endswith(".")
    assert caught.value.details == {"package": engine_name(kind)}


def test_that_the_fake_engine_needs_nothing() -> None:
    assert create_engine(EngineKind.FAKE).inspect().devices
