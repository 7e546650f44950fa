"""Icons from the one family, in the theme's colours."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.core.paths import resources_dir
from desktop.gui.theme import theme

_USUAL_PX = (16, 20)  # of menus and of buttons
_USUAL_SCALES = frozenset({1, 2})
_DISABLED_OPACITY = 0.4
# The family is drawn for 24 px with 2 px lines; a little less is calmer at 16 and 20 px.
_HEAVY, _LIGHT = 'stroke-width="2"', 'stroke-width="1.75"'


def icon(name: str, role: str = "text", side: int | None = None) -> QIcon:
    """The icon of this file name, tinted with this colour of `Colors`.

    It has the sizes of menus and buttons, 16 and 20 px, or with `side` that one alone. It keeps its
    colour: ask again when `Theme.changed` is emitted. An unknown name raises `FileNotFoundError`,
    an unknown role `AttributeError`.
    """
    return _tinted(name, getattr(theme().colors, role), _USUAL_PX if side is None else (side,))


@cache
def _source(name: str) -> str:
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _tinted(name: str, color: str, sides: tuple[int, ...]) -> QIcon:
    svg = _source(name).replace("currentColor", color).replace(_HEAVY, _LIGHT)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    result = QIcon()
    # Drawing is what an icon costs, and there are many at the start: only what is shown.
    screens = {math.ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens()}
    for side in sides:
        for scale in _USUAL_SCALES | screens:
            drawn = _drawn(renderer, side, scale)
            result.addPixmap(drawn)
            result.addPixmap(_faded(drawn), QIcon.Mode.Disabled)
    return result


def _drawn(renderer: QSvgRenderer, size: int, scale: int) -> QPixmap:
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def _faded(drawn: QPixmap) -> QPixmap:
    pixmap = QPixmap(drawn.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(drawn.devicePixelRatio())
    painter = QPainter(pixmap)
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return pixmap
