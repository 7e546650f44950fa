"""Which of a release's CPU libraries is loaded, and from where."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.llama_cpp import libraries
from desktop.engine.llama_cpp.libraries import Functions, load_cpu_code


class Function:
    """Stands for a ctypes function; its types can be set."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self._answer(*arguments)


class Release:
    """A build whose CPU code stands in libraries of its own, `found` of which fit the processor."""

    def __init__(self, *, loaded: int = 0, found: int = 1) -> None:
        self.folders: list[bytes] = []
        self._loaded, self._found = loaded, found
        self.ggml_backend_reg_count = Function(lambda: self._loaded)
        self.ggml_backend_load_all_from_path = Function(self._load)

    def _load(self, folder: bytes) -> None:
        self.folders.append(folder)
        self._loaded += self._found


def test_that_the_code_is_taken_from_the_libraries_own_folder_and_nowhere_else() -> None:
    release: Any = Release()
    load_cpu_code(release)
    assert release.folders == [str(Path(libraries._LLAMA._name).parent).encode()]
    assert release.ggml_backend_load_all_from_path.argtypes == [ctypes.c_char_p]


def test_that_a_build_with_its_own_code_loads_nothing() -> None:
    release: Any = Release(loaded=1)
    load_cpu_code(release)
    assert release.folders == []


def test_that_a_processor_without_code_is_an_error_with_a_sentence() -> None:
    release: Any = Release(found=0)
    with pytest.raises(EngineError, match="processor") as caught:
        load_cpu_code(release)
    assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE


def test_that_functions_of_every_library_are_found_and_stay_the_same() -> None:
    functions = Functions()
    assert functions.llama_backend_init is functions.llama_backend_init
    assert functions.ggml_backend_reg_count is functions.ggml_backend_reg_count
    with pytest.raises(AttributeError):
        _ = functions.no_such_function_anywhere
