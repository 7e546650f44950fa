"""Colours, the style sheet, and the binding that must not lose references."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import asdict
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton

from desktop.gui.theme import DARK, LIGHT, Colors, install_theme, mono_font, style_sheet, theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def _luminance(color: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    value = QColor(color)
    red, green, blue = (linear(part) for part in (value.redF(), value.greenF(), value.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "bubble", "hover"])
@pytest.mark.parametrize("ink", ["text", "secondary", "accent", "danger", "good"])
def test_that_text_can_be_read_on_every_ground(colors: Colors, ground: str, ink: str) -> None:
    assert _contrast(getattr(colors, ground), getattr(colors, ink)) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_that_text_can_be_read_on_the_accent_and_the_selection(colors: Colors) -> None:
    assert _contrast(colors.accent, colors.on_accent) >= 4.5
    assert _contrast(colors.selection, colors.text) >= 4.5


def test_that_every_colour_is_a_full_hexadecimal_value() -> None:
    for colors in (LIGHT, DARK):
        for value in asdict(colors).values():
            assert QColor(value).name() == value


@pytest.mark.parametrize("is_dark", [False, True])
def test_that_the_style_sheet_has_no_name_left_and_its_pictures_exist(is_dark: bool) -> None:
    sheet = style_sheet(DARK if is_dark else LIGHT, is_dark=is_dark)
    assert "@" not in sheet
    for part in sheet.split('url("')[1:]:
        assert Path(part.split('"')[0]).is_file()


def test_that_choosing_an_appearance_changes_palette_and_sheet_and_says_so(
    qapp: QApplication, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(theme().changed):
        theme().set_appearance("dark")
    assert theme().is_dark
    assert theme().colors == DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.canvas
    assert DARK.accent in qapp.styleSheet()


def test_that_choosing_the_same_appearance_again_is_silent(qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme().changed):
        theme().set_appearance("light")


def test_that_the_theme_is_made_once(qapp: QApplication) -> None:
    assert install_theme(qapp) is install_theme(qapp) is theme()


def test_that_the_style_sheet_parses_on_real_widgets(qtbot: QtBot) -> None:
    # A sheet that Qt cannot parse is a Qt warning, which fails the test.
    for widget in (QPushButton("a"), QComboBox(), QCheckBox("b")):
        widget.setProperty("kind", "primary")
        qtbot.addWidget(widget)
        widget.show()
        assert not widget.grab().isNull()


def test_that_chinese_has_a_family_of_its_own_in_body_and_code(qapp: QApplication) -> None:
    assert "Noto Sans CJK SC" in qapp.font().families()
    assert "PingFang SC" in mono_font().families()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_that_void_calls_do_not_lose_references_to_none(qtbot: QtBot) -> None:
    # PySide6 6.12.0 drops one reference per call here and aborts the process after some thousand.
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(300):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 100
