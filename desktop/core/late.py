"""Modules that are loaded when they are first used, so that the window need not wait for them."""

from __future__ import annotations

import importlib
import sys
import threading
import types

from typing_extensions import override

_CHECKING = threading.Lock()
# Who looks for a module's source asks for these (`inspect` even asks all modules): that is no use.
_PEEKED_AT = frozenset({"__wrapped__", "__file__"})


def load_late(*names: str) -> None:
    """Let `import` give stand-ins for these modules; each loads when it is first asked for a name.

    To be called before anything else imports them. Any thread may be the first to use one. A line
    `from module import name` asks for a name, and so loads it at once.
    """
    for name in names:
        if name in sys.modules:
            continue
        stand_in = _StandIn(name)
        sys.modules[name] = stand_in
        package, _, module = name.rpartition(".")
        if package:
            setattr(importlib.import_module(package), module, stand_in)


class _StandIn(types.ModuleType):
    """What modules hold that were imported before the real one was loaded; passes it on."""

    @override
    def __getattr__(self, name: str) -> object:
        with _CHECKING:
            if sys.modules.get(self.__name__) is self:
                if name in _PEEKED_AT:
                    raise AttributeError(name)
                del sys.modules[self.__name__]
        # Outside of the lock: the import system has its own, which know of each other.
        return getattr(importlib.import_module(self.__name__), name)
