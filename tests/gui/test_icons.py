"""Icons in the colours of the theme."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtSvg import QSvgRenderer

from desktop.core.paths import resources_dir
from desktop.gui.icons import icon
from desktop.gui.theme import DARK, LIGHT, theme

NAMES = sorted(path.stem for path in (resources_dir() / "icons").glob("*.svg"))


def _inks(found: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    image = found.pixmap(QSize(20, 20), 1.0, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(20) for y in range(20))
    return {QColor(p.red(), p.green(), p.blue()).name() for p in pixels if p.alpha() > 250}


def test_that_the_licence_stands_beside_the_icons() -> None:
    assert (resources_dir() / "icons" / "LICENSE").read_text().startswith("ISC License")


@pytest.mark.parametrize("name", NAMES)
def test_that_every_icon_can_be_drawn(qapp: object, name: str) -> None:
    assert QSvgRenderer(str(resources_dir() / "icons" / f"{name}.svg")).isValid()
    image = icon(name).pixmap(QSize(20, 20), 2.0).toImage()
    assert any(image.pixelColor(x, y).alpha() > 200 for x in range(40) for y in range(40))


def test_that_an_icon_takes_its_colour_from_its_role_and_the_theme() -> None:
    assert _inks(icon("square", "accent")) == {LIGHT.accent}
    theme().set_appearance("dark")
    assert _inks(icon("square", "accent")) == {DARK.accent}


def test_that_an_icon_has_real_pixels_at_200_percent() -> None:
    pixmap = icon("copy").pixmap(QSize(16, 16), 2.0)
    assert pixmap.size() == QSize(32, 32)
    assert pixmap.devicePixelRatio() == 2.0


def test_that_an_icon_can_be_had_in_a_size_of_its_own() -> None:
    assert icon("copy", side=32).pixmap(QSize(32, 32), 2.0).size() == QSize(64, 64)


def test_that_a_disabled_icon_is_fainter() -> None:
    assert _inks(icon("copy"))
    assert not _inks(icon("copy"), QIcon.Mode.Disabled)


def test_that_an_unknown_icon_or_role_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")
    with pytest.raises(AttributeError):
        icon("copy", "no_such_colour")
