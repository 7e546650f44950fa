"""How large a bundle is, by part: `python packaging/sizes.py dist/groundglass`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

# First match wins; a part is what a person would name, not what a wheel is called.
_PARTS = (
    ("Built-in model", ("models/builtin",)),
    ("Qt", ("PySide6", "shiboken6", "libQt6", "libicu", "libxcb", "libxkb", "libshiboken")),
    ("OpenCV", ("cv2", "opencv")),
    ("NumPy", ("numpy",)),
    ("MLX", ("mlx", "transformers", "tokenizers", "safetensors", "libmlx", "sentencepiece")),
    ("llama.cpp", ("llama_cpp", "libllama", "libggml", "libmtmd")),
    ("PDFium", ("pypdfium2", "libpdfium")),
    ("llguidance", ("llguidance",)),
    ("Pillow and HEIC", ("PIL", "pillow", "pi_heif", "_pi_heif")),
    ("Python", ("libpython", "python3", "base_library.zip", "lib-dynload", "groundglass")),
    ("Resources and catalogue", ("resources", "models/catalog")),
)


def part_of(name: str) -> str:
    """The part that a file belongs to; `name` is relative to the bundle's contents."""
    plain = name.replace("\\", "/").removeprefix("Contents/").removeprefix("_internal/")
    for folder in ("Frameworks/", "Resources/", "MacOS/"):
        plain = plain.removeprefix(folder)
    for part, beginnings in _PARTS:
        if plain.startswith(beginnings):
            return part
    return "Other libraries"


def sizes(folder: Path) -> Counter[str]:
    """Bytes by part; a link counts nothing."""
    counted: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            counted[part_of(path.relative_to(folder).as_posix())] += path.stat().st_size
    return counted


def report(folder: Path) -> str:
    """A table, the largest part first."""
    counted = sizes(folder)
    lines = [f"{bytes_ / 1e6:8.1f} MB  {part}" for part, bytes_ in counted.most_common()]
    return "\n".join([*lines, f"{counted.total() / 1e6:8.1f} MB  in all"])


if __name__ == "__main__":
    print(report(Path(sys.argv[1])))  # noqa: T201
