"""How llama.cpp is compiled for people's computers: prints CMAKE_ARGS for `pip install`.

    CMAKE_ARGS="$(python packaging/llama.py)" python -m pip install ...

A build for the maker's own processor (llama.cpp's default, and `make run`'s) ends with an illegal
instruction on older ones. On PCs every variant of the CPU code is built, from SSE2 to AMX, each a
library of 1 MB; the best one for the processor is chosen when the engine starts.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PC = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    # The variants go beside the other libraries, where desktop/engine/llama_cpp looks for them.
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_RPATH=$ORIGIN",
)
_MAC = (
    "-DGGML_NATIVE=OFF",
    "-DGGML_METAL=ON",
    "-DGGML_METAL_EMBED_LIBRARY=ON",
    "-DCMAKE_OSX_ARCHITECTURES=arm64",
    "-DCMAKE_OSX_DEPLOYMENT_TARGET=14.0",
)
_FEWEST_VARIANTS = 5


def cmake_args(platform: str) -> str:
    """The flags for a release on this `sys.platform`."""
    return " ".join(_MAC if platform == "darwin" else _PC)


def is_portable(contents: Path, platform: str) -> bool:
    """Whether a bundle's llama.cpp runs on other processors than its maker's.

    On macOS nothing in the files tells; there the flags alone decide.
    """
    variants = {path.stem for path in contents.rglob("*ggml-cpu-*") if path.is_file()}
    return platform == "darwin" or len(variants) >= _FEWEST_VARIANTS


if __name__ == "__main__":
    print(cmake_args(sys.platform))  # noqa: T201
