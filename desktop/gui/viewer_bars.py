"""The bars of the viewer: which picture, how large, its boxes, and what to do with a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from desktop.gui.header import TitleLabel
from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

BAR_PX = 52
_BUTTON_PX, _ZOOM_PX = 34, 56
_GAP_PX = 8
_NEWS_MS = 2500
_NARROW_PX = 420  # below this the buttons that keys and wheel stand for step aside
_ZOOMS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


class _Bar(QFrame):
    """A row of icon buttons that follow the theme."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icons: list[tuple[QToolButton, str]] = []
        theme().changed.connect(self._tint)

    def _icon_button(self, icon_name: str, name: str, keys: str = "") -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "icon")
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({keys})" if keys else name)
        button.setIcon(icon(icon_name, "secondary"))
        self._icons.append((button, icon_name))
        return button

    @Slot()
    def _tint(self) -> None:
        for button, name in self._icons:
            button.setIcon(icon(name, "secondary"))


class TopBar(_Bar):
    """The picture's name, its place among others, and the way out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("viewerTop", parent)
        self.setFixedHeight(BAR_PX)
        self.previous = self._icon_button("chevron-left", self.tr("Previous picture"), "PgUp")
        self.next = self._icon_button("chevron-right", self.tr("Next picture"), "PgDn")
        self.count = QLabel()
        self.count.setObjectName("viewerCount")
        self.title = TitleLabel()
        self.title.setObjectName("viewerTitle")
        self.close_button = self._icon_button("x", self.tr("Close the viewer"), "Esc")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.title, 1)
        layout.addWidget(self.previous)
        layout.addWidget(self.count)
        layout.addWidget(self.next)
        layout.addSpacing(4)
        layout.addWidget(self.close_button)

    def show_picture(self, name: str, index: int, count: int) -> None:
        """This picture of so many."""
        self.title.set_title(name)
        words = self.tr("{number} of {count}").format(number=index + 1, count=count)
        self.count.setText(words if count > 1 else "")
        for widget in (self.previous, self.next, self.count):
            widget.setVisible(count > 1)
        self.previous.setEnabled(index > 0)
        self.next.setEnabled(index + 1 < count)


class HintLabel(QLabel):
    """A hint, for a while a piece of news; shown when there is room for all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewerHint")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint = ""
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self._news.timeout.connect(self._show)

    def set_hint(self, hint: str) -> None:
        """What can be done now."""
        self._hint = hint
        if not self._news.isActive():
            self._show()

    @Slot()
    def say_saved(self) -> None:
        """A file was written."""
        self._tell(self.tr("Saved"))

    @Slot()
    def say_copied(self) -> None:
        """Something is on the clipboard."""
        self._tell(self.tr("Copied"))

    def _tell(self, news: str) -> None:
        self.setText(news)
        self._news.start()

    @Slot()
    def _show(self) -> None:
        self.setText(self._hint)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.width():
            super().paintEvent(event)


class BottomBar(_Bar):
    """Zoom, turning, regions, search and boxes."""

    zoom_chosen = Signal(float)
    fit_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("viewerBottom", parent)
        self.setFixedHeight(BAR_PX)
        self.farther = self._icon_button("minus", self.tr("Zoom out"), "−")
        self.closer = self._icon_button("plus", self.tr("Zoom in"), "+")
        self.fit = self._icon_button("maximize", self.tr("Show all of it"), "0")
        self.turn = self._icon_button("rotate-cw", self.tr("Turn clockwise"), "R")
        self.select = self._icon_button(
            "crop", self.tr("Choose a region: drag a rectangle"), self.tr("Shift and drag")
        )
        self.select.setCheckable(True)
        self.find_button = self._icon_button(
            "scan-search", self.tr("Find something in this picture")
        )
        self.more = self._icon_button("ellipsis", self.tr("More"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom = QToolButton()
        self.zoom.setObjectName("viewerZoom")
        self.zoom.setMinimumWidth(_ZOOM_PX)
        self.zoom.setProperty("kind", "quiet")
        self.zoom.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zoom.setMenu(self._zoom_menu())
        self.boxes = QToolButton()
        self.boxes.setObjectName("viewerBoxes")
        self.boxes.setProperty("kind", "quiet")
        self.boxes.setCheckable(True)
        self.boxes.setChecked(True)
        self.hint = HintLabel()
        self._lay_out()
        self.show_boxes(0)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(2)
        for widget in (self.farther, self.zoom, self.closer, self.fit, self.turn):
            layout.addWidget(widget)
        layout.addWidget(self.hint, 1)
        for widget in (self.boxes, self.find_button, self.select, self.more):
            layout.addWidget(widget)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() >= _NARROW_PX
        self.farther.setVisible(is_wide)
        self.closer.setVisible(is_wide)

    def show_zoom(self, zoom: float) -> None:
        """Say how large the picture is shown; 1 is a pixel for a pixel."""
        percent = QLocale().toString(round(zoom * 100)) if zoom >= 0.01 else "< 1"
        self.zoom.setText(self.tr("{percent} %").format(percent=percent))
        self.zoom.setAccessibleName(self.tr("Zoom {percent} %").format(percent=percent))

    def set_findable(self, *, is_findable: bool) -> None:
        """Whether the model in use can say where something is."""
        self.find_button.setEnabled(is_findable)
        self.find_button.setToolTip(
            self.find_button.accessibleName()
            if is_findable
            else self.tr("The model in use cannot say where things are in a picture")
        )

    def show_boxes(self, count: int) -> None:
        """Say how many boxes there are on the picture; the button goes away without any."""
        self.boxes.setText(self.tr("Boxes: {count}").format(count=count))
        self.boxes.setToolTip(self.tr("Show or hide the boxes of the answer"))
        self.boxes.setVisible(count > 0)

    def _zoom_menu(self) -> QMenu:
        menu = QMenu(self.zoom)
        menu.addAction(self.tr("Show all of it")).triggered.connect(self.fit_chosen)
        menu.addSeparator()
        for zoom in _ZOOMS:
            percent = QLocale().toString(round(zoom * 100))
            action = menu.addAction(self.tr("{percent} %").format(percent=percent))
            action.triggered.connect(lambda _checked=False, z=zoom: self.zoom_chosen.emit(z))
        return menu


class RegionCard(QFrame):
    """Floats under a region: how large it is, and the way to ask about it."""

    asked = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("regionCard")
        self._size = QLabel()
        self.ask = QPushButton(self.tr("Ask about this"))
        self.ask.setProperty("kind", "primary")
        self.ask.clicked.connect(self.asked)
        self.dismiss = QToolButton()
        self.dismiss.setProperty("kind", "icon")
        self.dismiss.setIconSize(QSize(16, 16))
        self.dismiss.setAccessibleName(self.tr("Remove the region"))
        self.dismiss.setToolTip(self.tr("Remove the region"))
        self.dismiss.clicked.connect(self.dismissed)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._size)
        layout.addWidget(self.ask)
        layout.addWidget(self.dismiss)
        theme().changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_size(self, width: int, height: int) -> None:
        """In pixels of the original."""
        self._size.setText(f"{width} × {height}")
        self._fit()

    def show_turned(self, quarter_turns: int) -> None:
        """All of the picture, as it is turned."""
        self._size.setText(self.tr("Turned by {degrees}°").format(degrees=90 * quarter_turns))
        self._fit(has_region=False)

    def _fit(self, *, has_region: bool = True) -> None:
        self.dismiss.setVisible(has_region)
        right = 6 if has_region else 8
        self._row.setContentsMargins(12, 6, right, 6)
        self.adjustSize()

    def place_under(self, shown: QRectF | None) -> None:
        """Under a region, above it where there is no room, else inside; None: at the bottom."""
        canvas = self.parentWidget()
        room = canvas.size() if canvas is not None else self.size()
        lowest = room.height() - self.height() - _GAP_PX
        middle, top = room.width() / 2, float(lowest)
        if shown is not None:
            middle, top = shown.center().x(), shown.bottom() + _GAP_PX
            if top > lowest:
                top = shown.top() - _GAP_PX - self.height()
            if top < 0:
                top = lowest
        left = min(max(middle - self.width() / 2, _GAP_PX), room.width() - self.width() - _GAP_PX)
        self.move(round(left), round(top))

    @Slot()
    def _tint(self) -> None:
        self.dismiss.setIcon(icon("x", "secondary"))


class FindRow(QFrame):
    """A line to name what to look for in the picture."""

    find_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findRow")
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("What to find, such as: the signature"))
        self.field.setAccessibleName(self.tr("What to find"))
        self.field.setAcceptDrops(False)  # a drop is for the whole window
        self.field.returnPressed.connect(self._go)
        self.button = QPushButton(self.tr("Find"))
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._go)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.button)
        self.hide()

    @Slot()
    def _go(self) -> None:
        thing = self.field.text().strip()
        if thing:
            self.find_requested.emit(thing)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
