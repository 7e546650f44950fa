"""The one source of colours, fonts and the style sheet; light and dark, followed live."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import shiboken6
from msgspec import Struct
from msgspec.structs import asdict
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.core.paths import resources_dir

Appearance: TypeAlias = Literal["system", "light", "dark"]


class Colors(Struct, frozen=True):
    """Every colour that the window uses, as "#rrggbb".

    `line` is for hairlines, `surface` for what lies on the canvas, `hover` for what the pointer is
    over, `selection` for selected text and rows, `on_accent` for what stands on the accent, `good`
    for the dot or the mark that says: all is well.
    """

    canvas: str
    surface: str
    line: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    bubble: str
    danger: str
    good: str
    hover: str
    selection: str


LIGHT = Colors(
    canvas="#fafaf7",
    surface="#ffffff",
    line="#e5e3dd",
    text="#1d1c19",
    secondary="#67645d",
    accent="#a84e12",
    on_accent="#ffffff",
    bubble="#f0eee8",
    danger="#b3261e",
    good="#28764a",
    hover="#efede7",
    selection="#f4d9c2",
)
DARK = Colors(
    canvas="#161513",
    surface="#1f1e1b",
    line="#34322d",
    text="#ece9e2",
    secondary="#a5a097",
    accent="#f2a65e",
    on_accent="#2b1703",
    bubble="#2a2824",
    danger="#f2b8b5",
    good="#7fc79b",
    hover="#2a2824",
    selection="#5c3b1d",
)

# After the system's own family, so that Chinese never falls back to boxes or to a serif.
CHINESE_FAMILIES = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
# Where a bare Linux offers nothing but DejaVu, the first of these that is there reads better.
_BETTER_THAN_DEJAVU = ("Inter", "Noto Sans", "Ubuntu", "Cantarell", "Noto Sans CJK SC")
_MONO_FAMILIES = (
    "SF Mono",
    "Menlo",
    "Cascadia Mono",
    "Consolas",
    "JetBrains Mono",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Noto Sans Mono CJK SC",
)
BODY_PX = 14
MONO_PX = 13
SMALL_PX = 12


class Theme(QObject):
    """Colours that follow the system, or a person's choice."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._appearance: Appearance = "system"
        self._is_dark: bool | None = None
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(_body_font())
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    @property
    def colors(self) -> Colors:
        """The colours of the moment; ask again after `changed`."""
        return DARK if self._is_dark else LIGHT

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are shown."""
        return bool(self._is_dark)

    def set_appearance(self, appearance: Appearance) -> None:
        """Follow the system, or stay light or dark."""
        self._appearance = appearance
        schemes = {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
        }
        # Also turns native title bars and file dialogs, where the platform can.
        self._app.styleHints().setColorScheme(schemes[appearance])
        self._follow()

    @Slot()
    def _follow(self) -> None:
        if self._appearance == "system":
            is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            is_dark = self._appearance == "dark"
        if is_dark == self._is_dark:
            return
        self._is_dark = is_dark
        self._app.setPalette(_palette(self.colors))
        self._app.setStyleSheet(style_sheet(self.colors, is_dark=is_dark))
        self.changed.emit()


def style_sheet(colors: Colors, *, is_dark: bool) -> str:
    """All of `resources/theme/*.qss` in name order, with `@name` replaced.

    Beside the colours there are `@accent_hover`, `@variant` ("light" or "dark") and `@theme`, the
    folder's path, for the few pictures that a style sheet needs. An unknown name raises `KeyError`.
    """
    folder = resources_dir() / "theme"
    values = {
        **asdict(colors),
        "accent_hover": QColor(colors.accent).darker(112).name(),
        "variant": "dark" if is_dark else "light",
        "theme": folder.as_posix(),
    }
    sheets = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.qss")))
    return re.sub(r"@([a-z_]+)", lambda match: values[match[1]], "\n".join(sheets))


def mono_font() -> QFont:
    """For code; Chinese in it comes from a sans family."""
    font = QFont([*_MONO_FAMILIES, *CHINESE_FAMILIES])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(MONO_PX)
    return font


def _body_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    families = [font.family()]
    if QFontInfo(font).family().startswith("DejaVu"):
        installed = set(QFontDatabase.families())
        families = [name for name in _BETTER_THAN_DEJAVU if name in installed] + families
    font.setFamilies([*families, *CHINESE_FAMILIES])
    font.setPixelSize(BODY_PX)
    return font


def _palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, value in (
        ((role.Window, role.AlternateBase), colors.canvas),
        ((role.Base, role.Button, role.ToolTipBase, role.Light), colors.surface),
        ((role.Mid, role.Midlight, role.Dark), colors.line),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), colors.text),
        ((role.HighlightedText, role.BrightText), colors.text),
        ((role.PlaceholderText,), colors.secondary),
        ((role.Highlight,), colors.selection),
        ((role.Accent, role.Link, role.LinkVisited), colors.accent),
    ):
        for each in roles:
            palette.setColor(each, QColor(value))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colors.secondary))
    return palette


_installed: list[Theme] = []


def install_theme(app: QApplication) -> Theme:
    """The application's theme, made at the first call."""
    if not _installed or not shiboken6.isValid(_installed[0]):
        _installed[:] = [Theme(app)]
    return _installed[0]


def theme() -> Theme:
    """The theme that `install_theme` made; before that an `IndexError`."""
    return _installed[0]
