"""Icons from the one family, in the theme's colours."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.core.paths import resources_dir
from desktop.gui.theme import theme

_SIZES_PX = (16, 20, 24, 32)
_SCALES = (1, 2, 3)
_DISABLED_OPACITY = 0.4
# The family is drawn for 24 px with 2 px lines; a little less is calmer at 16 and 20 px.
_HEAVY, _LIGHT = 'stroke-width="2"', 'stroke-width="1.75"'


def icon(name: str, role: str = "text") -> QIcon:
    """The icon of this file name, tinted with this colour of `Colors`.

    It keeps its colour: ask again when `Theme.changed` is emitted. An unknown name raises
    `FileNotFoundError`, an unknown role `AttributeError`.
    """
    return _tinted(name, getattr(theme().colors, role))


@cache
def _source(name: str) -> str:
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _tinted(name: str, color: str) -> QIcon:
    svg = _source(name).replace("currentColor", color).replace(_HEAVY, _LIGHT)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    result = QIcon()
    for size in _SIZES_PX:
        for scale in _SCALES:
            result.addPixmap(_drawn(renderer, size, scale, opacity=1.0))
            disabled = _drawn(renderer, size, scale, opacity=_DISABLED_OPACITY)
            result.addPixmap(disabled, QIcon.Mode.Disabled)
    return result


def _drawn(renderer: QSvgRenderer, size: int, scale: int, opacity: float) -> QPixmap:
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
