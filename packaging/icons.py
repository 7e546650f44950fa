"""Draws the app's icon for macOS (.icns) and Windows (.ico) from its SVG, into build/icons."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import bundle
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

SIDES = (16, 32, 48, 64, 128, 256, 512, 1024)
_ICO_SIDES = (16, 32, 48, 64, 128, 256)


def draw(side: int) -> Image.Image:
    """The icon at this size, drawn from the SVG and not scaled."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize  # noqa: PLC0415
    from PySide6.QtGui import QGuiApplication, QImageReader, QImageWriter  # noqa: PLC0415

    application = QGuiApplication.instance() or QGuiApplication([])
    reader = QImageReader(str(bundle.ROOT / "resources" / "icons" / "app" / "groundglass.svg"))
    reader.setScaledSize(QSize(side, side))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"png")).write(reader.read()):
        raise RuntimeError(f"the icon cannot be drawn: {reader.errorString()}")
    del application
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")


def write_icons(folder: Path) -> tuple[Path, Path]:
    """Write both; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {side: draw(side) for side in SIDES}
    icns, ico = folder / "groundglass.icns", folder / "groundglass.ico"
    others = [picture for side, picture in pictures.items() if side != max(SIDES)]
    pictures[max(SIDES)].save(icns, append_images=others)
    largest = pictures[max(_ICO_SIDES)]
    largest.save(
        ico,
        sizes=[(side, side) for side in _ICO_SIDES],
        append_images=[pictures[side] for side in _ICO_SIDES[:-1]],
    )
    return icns, ico


if __name__ == "__main__":
    write_icons(bundle.ROOT / "build" / "icons")
