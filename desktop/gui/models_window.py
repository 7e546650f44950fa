"""The model manager: what there is, what is here, what is on its way, and everything about one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.engine_choice import engine_order
from desktop.core.types import EngineKind
from desktop.gui.drop_overlay import DropOffer, DropOverlay
from desktop.gui.error_texts import error_text
from desktop.gui.import_dialog import ImportDialog
from desktop.gui.model_actions import ModelActions, dropped_models
from desktop.gui.model_groups import group_id
from desktop.gui.models_details import ModelDetails
from desktop.gui.models_filters import FilterBar
from desktop.gui.models_footer import ModelsFooter
from desktop.gui.models_list import ModelsList
from desktop.gui.models_shelf import ModelsShelf
from desktop.gui.notice_bar import NoticeBar
from desktop.gui.tab_order import put_in_order
from desktop.gui.translations import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.errors import GroundglassError
    from desktop.gui.model_groups import Filters
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.settings_holder import SettingsHolder
    from desktop.store.local_models import Candidate

_SIZE = QSize(1060, 720)
_LEAST = QSize(420, 380)
_NARROW_PX = 760  # below, the details take the list's place
_DETAILS_PX = 360
_NOTICE_MS = 12_000


class ModelsWindow(QDialog):
    """A window of its own beside the main window; it holds no truth, the library does."""

    connections_requested = Signal()

    def __init__(
        self, library: ModelLibrary, settings: SettingsHolder, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("modelsWindow")
        self.setWindowTitle(self.tr("Models"))
        self.setMinimumSize(_LEAST)
        self.setAcceptDrops(True)
        language = language_of(settings.value.language)
        self._library = library
        self._settings = settings
        self._selected: str | None = None
        self._is_in_details = False
        self._has_looked = False
        self.filters = FilterBar()
        self.list = ModelsList()
        self.details = ModelDetails(language)
        self.footer = ModelsFooter(library)
        self.notice = NoticeBar()
        self.offline = NoticeBar()
        self.shelf = ModelsShelf(library, self.list, language, self)
        self.actions_of_models = ModelActions(library, self)
        self._heading = QLabel(self.tr("Models"))
        self._heading.setObjectName("modelsTitle")
        self.add_button = QPushButton(self.tr("Add from this computer…"))
        self.add_button.setProperty("kind", "outline")
        self.add_button.setAutoDefault(False)
        self._arrange()
        self._connect()
        self._overlay = DropOverlay(self)
        self.resize(_SIZE)
        self._follow_settings()
        self._refresh()

    def show_entry(self, key: str) -> None:
        """Select a model and show its details."""
        entry = self._library.entry(key)
        if entry is None:
            return
        self.shelf.choose(key)
        self.filters.clear()
        self._select(group_id(entry))
        self._enter_details()
        self.list.reveal(group_id(entry))

    def offer_import(self, paths: Sequence[Path]) -> None:
        """Offer to add these files, or this folder, as a model."""
        dialog = ImportDialog(self._library, self)
        dialog.read(paths)
        dialog.open()

    @property
    def is_narrow(self) -> bool:
        """Whether list and details take turns."""
        return self.width() < _NARROW_PX

    @override
    @Slot()
    def reject(self) -> None:
        """Escape: out of the details first, where they cover the list."""
        if self.is_narrow and self._is_in_details:
            self._leave_details()
            return
        super().reject()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._library.refresh()
        if not self._has_looked:
            self._has_looked = True
            self.shelf.look()
            self.setFocus()  # no ring before a key is pressed

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self._selected is not None:
            self.list.reveal(self._selected)  # from there on the rows have the arrow keys
            return
        super().keyPressEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._is_in_details = False
        super().closeEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if paths := dropped_models(event.mimeData()):
            event.acceptProposedAction()
            self._overlay.show_offer(DropOffer(self.tr("Add this model"), "", (), paths))

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.withdraw()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.withdraw()
        if paths := dropped_models(event.mimeData()):
            event.acceptProposedAction()
            self.offer_import(paths)

    # --- inside -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(20, 16, 16, 4)
        top.addWidget(self._heading, 1)
        top.addWidget(self.add_button)
        bars = QVBoxLayout()
        bars.setContentsMargins(20, 4, 16, 8)
        bars.setSpacing(8)
        for widget in (self.filters, self.offline, self.notice):
            bars.addWidget(widget)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(top)
        left.addLayout(bars)
        left.addWidget(self.list, 1)
        self._left = QWidget()
        self._left.setObjectName("modelsLeft")
        left.setContentsMargins(0, 0, 0, 0)
        self._left.setLayout(left)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._left, 1)
        middle.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(middle, 1)
        layout.addWidget(self.footer)

    def _connect(self) -> None:
        self._library.changed.connect(self._refresh)
        self._library.progressed.connect(self._on_progress)
        self._library.failed.connect(self._announce)
        self._library.finished.connect(self._on_finished)
        self._library.found_changed.connect(self._refresh)
        self._settings.changed.connect(self._follow_settings)
        self.filters.changed.connect(self._on_filters)
        self.list.row_selected.connect(self._select)
        self.list.row_opened.connect(self._open)
        self.shelf.commanded.connect(self.actions_of_models.do)
        self.shelf.add_requested.connect(self._offer_candidate)
        self.shelf.reset_requested.connect(self.filters.clear)
        self.details.commanded.connect(self.actions_of_models.do)
        self.details.variant_chosen.connect(self._choose_variant)
        self.details.engine_chosen.connect(self._library.run_with)
        self.details.back_requested.connect(self._leave_details)
        self.actions_of_models.verified.connect(self._show_verification)
        self.footer.connections_requested.connect(self.connections_requested)
        self.offline.activated.connect(self._ask_for_connections)
        self._connect_add_button()
        close = QShortcut(QKeySequence(QKeySequence.StandardKey.Close), self)
        close.activated.connect(self.close)

    def _connect_add_button(self) -> None:
        """Files and folders are chosen in different dialogs; folders only where MLX can run."""
        if EngineKind.MLX not in engine_order():
            self.add_button.clicked.connect(self._browse)
            return
        menu = QMenu(self.add_button)
        menu.addAction(self.tr("A GGUF file…"), self._browse)
        menu.addAction(self.tr("A folder with an MLX model…"), self._browse_folders)
        self.add_button.setMenu(menu)

    @Slot()
    def _refresh(self) -> None:
        self.shelf.refresh(self.filters.filters, is_offline=self._settings.value.is_offline)
        if self.list.row(self._selected or "") is None:
            rows = self.shelf.model_rows()
            self._selected = rows[0].row_id if rows else None
        self._show_details()
        self.footer.refresh()
        put_in_order([self.add_button, self.filters, self.offline, self.notice])
        put_in_order([self.notice, *self.list.rows, self.details, self.footer])

    def _show_details(self) -> None:
        self.list.mark(self._selected)
        group = self.shelf.group(self._selected)
        if group is not None:
            key = group.shown.key
            self.details.show_group(group, self._library.files(key), self._library.place(key))
        else:
            self._is_in_details = False
        self._place()

    def _place(self) -> None:
        """List and details side by side, or one of them."""
        has_details = self.shelf.group(self._selected) is not None
        is_narrow = self.is_narrow
        self._left.setVisible(not (is_narrow and self._is_in_details))
        self.details.setVisible(has_details and (not is_narrow or self._is_in_details))
        self.details.back.setVisible(is_narrow)
        self.details.setMinimumWidth(0 if is_narrow else _DETAILS_PX)
        self.details.setMaximumWidth(self.maximumWidth() if is_narrow else _DETAILS_PX)

    @Slot(object)
    def _select(self, row_id: str) -> None:
        if row_id != self._selected and self.shelf.group(row_id) is not None:
            self._selected = row_id
            self._show_details()

    @Slot(object)
    def _open(self, row_id: str) -> None:
        self._select(row_id)
        if self.is_narrow and self.shelf.group(row_id) is not None:
            self._enter_details()

    def _enter_details(self) -> None:
        self._is_in_details = True
        self._place()
        if self.is_narrow:
            self.details.back.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _leave_details(self) -> None:
        self._is_in_details = False
        self._place()
        if self._selected is not None:
            self.list.reveal(self._selected)

    @Slot(object)
    def _choose_variant(self, key: str) -> None:
        self.shelf.choose(key)
        self._refresh()

    @Slot(object)
    def _on_filters(self, _filters: Filters) -> None:
        self._refresh()

    @Slot(object)
    def _on_progress(self, key: str) -> None:
        entry = self._library.entry(key)
        if entry is None:
            return
        self.shelf.show_progress(entry)
        if self.details.entry is not None and self.details.entry.key == key:
            self.details.show_progress(entry)
        self.footer.refresh()

    @Slot(object)
    def _on_finished(self, key: str) -> None:
        entry = self._library.entry(key)
        if entry is not None and entry.local is not None:
            self.show_entry(key)  # a person has just added it here

    @Slot(object)
    def _announce(self, error: GroundglassError) -> None:
        text = error_text(error.code, error.details, error.message)
        self.notice.announce(text, duration_ms=_NOTICE_MS)

    @Slot(object, str, bool)
    def _show_verification(self, key: str, text: str, is_bad: bool) -> None:
        if self.details.entry is not None and self.details.entry.key == key:
            self.details.show_verification(text, is_bad=is_bad)

    @Slot(object)
    def _offer_candidate(self, candidate: Candidate) -> None:
        dialog = ImportDialog(self._library, self)
        dialog.show_candidate(candidate)
        dialog.open()

    @Slot()
    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model"), "", self.tr("Models (*.gguf)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._offer_files)
        dialog.open()

    @Slot()
    def _browse_folders(self) -> None:
        dialog = QFileDialog(self, self.tr("Add a model"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._offer_files)
        dialog.open()

    @Slot(list)
    def _offer_files(self, names: list[str]) -> None:
        self.offer_import([Path(name) for name in names])

    @Slot()
    def _ask_for_connections(self) -> None:
        self._follow_settings()  # the notice stays as long as the switch is on
        self.connections_requested.emit()

    @Slot()
    def _follow_settings(self) -> None:
        if self._settings.value.is_offline:
            self.offline.announce(
                self.tr("Groundglass stays offline, so nothing can be downloaded."),
                self.tr("Connections…"),
            )
        else:
            self.offline.settle()
        self._refresh()
