"""llama.cpp's libraries: any function of theirs by name, and the CPU code for this processor.

A release has that code many times, each for other instructions (`packaging/llama.py`); a build for
one processor has it in the libraries themselves.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode

# The binding's own handle; a second one would have its own globals.
_LLAMA: ctypes.CDLL = lib._lib  # noqa: SLF001
_OTHERS = ("ggml", "ggml-base")


class Functions:
    """Functions of llama.cpp and of what it is built on, as attributes; the same object each time.

    Raises `AttributeError` for a name that none of the libraries has.
    """

    def __init__(self) -> None:
        self._libraries = (_LLAMA,)
        if sys.platform == "win32":  # elsewhere the first one finds what the others have
            folder = Path(_LLAMA._name).parent  # noqa: SLF001
            self._libraries += tuple(ctypes.CDLL(str(folder / f"{name}.dll")) for name in _OTHERS)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a ctypes function
        for library in self._libraries:
            with suppress(AttributeError):
                function = getattr(library, name)
                setattr(self, name, function)
                return function
        raise AttributeError(name)


def load_cpu_code(functions: Functions) -> None:
    """Load the best code for this processor, if the libraries do not bring their own.

    To be called before `llama_backend_init`, which would look for it beside the program and in the
    working folder, where anybody may have put a library.

    Raises:
        EngineError: ENGINE_UNAVAILABLE, when there is none that this processor can run.
    """
    count = functions.ggml_backend_reg_count
    count.restype, count.argtypes = ctypes.c_size_t, []
    if count():
        return
    load = functions.ggml_backend_load_all_from_path
    load.restype, load.argtypes = None, [ctypes.c_char_p]
    folder = Path(_LLAMA._name).parent  # noqa: SLF001
    load(str(folder).encode("utf-8", "surrogateescape"))
    if not count():
        raise EngineError(
            "llama.cpp has no code for this computer's processor.", ErrorCode.ENGINE_UNAVAILABLE
        )
