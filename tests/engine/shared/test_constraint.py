"""Constraints over vocabularies that are not as one would like them."""

from __future__ import annotations

import pytest

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.shared.constraint import Constraint, Constraints

END = 256


class Bytes:
    """A token for each byte, and the end; `prefix` is put before every text, as some do."""

    bos: int | None = None

    def __init__(self, prefix: str = "", ends: tuple[int, ...] = (END,)) -> None:
        self.size = 257
        self.prefix = prefix
        self.ends = ends

    def tokens(self, text: str, *, has_control: bool) -> list[int]:
        assert not has_control
        return list((self.prefix + text).encode())

    def piece(self, token: int) -> bytes:
        return bytes([token]) if token < END else b""

    def is_end(self, token: int) -> bool:
        return token in self.ends


def written(constraint: Constraint, wishes: bytes) -> bytes:
    """What comes out when a model wants these bytes wherever it has the choice."""
    text, left = b"", list(wishes)
    for _ in range(500):
        drawn = constraint.forced()
        if drawn == [END]:
            return text
        if not drawn:
            allowed = constraint.allowed(300)
            assert len(allowed) == 300
            assert not allowed[257:].any()
            while left and not allowed[left[0]]:
                left.pop(0)
            drawn = [left.pop(0)] if left else [int(allowed.argmax())]
            if drawn == [END]:
                return text
            constraint.take(drawn[0])
        text += bytes(drawn)
    raise AssertionError(text)


SCHEMA = (
    '{"properties": {"名称": {"type": "string"}, "n": {"type": "integer"}}, "required": ["名称"]}'
)


@pytest.mark.parametrize("prefix", ["", " ", "<any> "])
def test_that_keys_are_written_for_the_model(prefix: str) -> None:
    constraint = Constraints(Bytes(prefix)).of(SCHEMA)
    assert written(constraint, 'xé"}'.encode()) == '{"名称": "xé"}'.encode()


@pytest.mark.parametrize("prefix", ["", " ", "<any> "])
def test_that_keys_are_forced_at_once(prefix: str) -> None:
    forced = Constraints(Bytes(prefix)).of(SCHEMA).forced()
    assert bytes(forced).startswith('{"名称": "'.encode())


def test_that_one_schema_does_not_remember_another_answer() -> None:
    constraints = Constraints(Bytes())
    first = constraints.of(SCHEMA)
    written(first, b'a"}')
    assert written(constraints.of(SCHEMA), b'b", "n": 12}').endswith(b'"b", "n": 12}')


def test_that_a_number_may_go_on_or_end() -> None:
    constraint = Constraints(Bytes()).of('{"type": "integer"}')
    constraint.take(ord("7"))
    allowed = constraint.allowed(257)
    assert allowed[END]
    assert allowed[ord("1")]
    assert not allowed[ord("x")]


def test_that_a_token_out_of_place_is_told() -> None:
    constraint = Constraints(Bytes()).of(SCHEMA)
    with pytest.raises(EngineError) as caught:
        constraint.take(ord("["))
    assert caught.value.code is ErrorCode.SCHEMA_REFUSED


def test_that_a_schema_without_end_is_refused() -> None:
    endless = '{"$defs": {"n": {"properties": {"c": {"$ref": "#/$defs/n"}}, "required": ["c"]}},'
    with pytest.raises(EngineError) as caught:
        Constraints(Bytes()).of(endless + ' "$ref": "#/$defs/n"}')
    assert caught.value.code is ErrorCode.SCHEMA_REFUSED


def test_that_a_model_without_an_end_is_refused() -> None:
    with pytest.raises(EngineError) as caught:
        Constraints(Bytes(ends=())).of(SCHEMA)
    assert caught.value.code is ErrorCode.ENGINE_FAILED
