"""Commands and events as one JSON object per line, tagged with their class name in `type`.

msgspec checks every field on the way in, so a line that does not fit raises instead of travelling.
"""

from __future__ import annotations

import os
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from desktop.engine import api

if TYPE_CHECKING:
    from desktop.engine.api import EngineCommand, EngineEvent

_COMMANDS: dict[str, type] = {cls.__name__: cls for cls in get_args(api.EngineCommand)}
_EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(api.EngineEvent)}


class WireError(ValueError):
    """A line that is no message of this protocol."""


def encode(message: EngineCommand | EngineEvent) -> bytes:
    """One line, newline included, UTF-8."""
    fields = msgspec.to_builtins(message, enc_hook=_to_plain)
    return msgspec.json.encode({"type": type(message).__name__, **fields}) + b"\n"


def decode_command(line: bytes) -> EngineCommand:
    """The command in a line; raises `WireError`."""
    command: EngineCommand = _decode(line, _COMMANDS)
    return command


def decode_event(line: bytes) -> EngineEvent:
    """The event in a line; raises `WireError`."""
    event: EngineEvent = _decode(line, _EVENTS)
    return event


def _decode(line: bytes, kinds: dict[str, type]) -> Any:  # noqa: ANN401 - one of `kinds`, typed by the callers
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
        kind = kinds[fields.pop("type")]
        return msgspec.convert(fields, kind, dec_hook=_from_plain)
    except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise WireError(f"not a message: {type(error).__name__}") from error


def _to_plain(value: object) -> str:
    if isinstance(value, Path):
        # Names that are no UTF-8 (surrogates in Python) are kept: quoting gives plain ASCII.
        return urllib.parse.quote_from_bytes(os.fsencode(value))
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


def _from_plain(kind: type, value: object) -> object:
    if issubclass(kind, Path):
        return Path(os.fsdecode(urllib.parse.unquote_to_bytes(str(value))))
    raise NotImplementedError(f"no value of {kind.__name__} from JSON")
