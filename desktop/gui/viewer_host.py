"""The viewer's place in the window: opened by clicks in the chat, answered by the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QTextCursor

from desktop.core.model_spec import Coordinates
from desktop.core.types import Role
from desktop.gui.answer_context import LibraryWays
from desktop.gui.box_prompt import find_prompt, thing_to_find
from desktop.gui.chat_session import SendState
from desktop.gui.pending import as_pending
from desktop.gui.viewer import FindRequest, Viewer
from desktop.intake import regions

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QSplitter

    from desktop.core.types import ImageAttachment
    from desktop.gui.answer_context import BoxSheet
    from desktop.gui.chat_pane import ChatPane
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.services import Services
    from desktop.intake.keeper import PictureKeeper
    from desktop.intake.regions import RegionRequest
    from desktop.store.history import StoredMessage

_SHARE = 0.5  # of the room beside the sidebar, when the viewer opens for the first time
_LEAST_CHAT_PX = 360
_WIDE_ENOUGH_PX = 1100  # for sidebar, chat and viewer; in a narrower window the sidebar folds


class ViewerHost(QObject):
    """Puts the viewer at the right of the chat and passes on what each says to the other."""

    failed = Signal(object)  # GroundglassError

    def __init__(
        self,
        services: Services,
        session: ChatSession,
        pane: ChatPane,
        splitter: QSplitter,
        sidebar: QAction,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = services.attachments
        self._session = session
        self._pane = pane
        self._splitter = splitter
        self._sidebar = sidebar  # checked while it is shown
        self._has_folded_sidebar = False
        self.viewer = Viewer(services.attachments)
        self._ways_of = LibraryWays(services.library, services.model_state)
        pane.view.set_ways(self._ways_of)
        splitter.addWidget(self.viewer)
        splitter.setStretchFactor(splitter.indexOf(self.viewer), 1)
        self.viewer.hide()
        self._connect()
        services.model_state.state_changed.connect(self._show_findable)
        self._show_findable()

    def _connect(self) -> None:
        view, viewer, session = self._pane.view, self.viewer, self._session
        view.picture_activated.connect(self.show_picture)
        view.boxes_requested.connect(self.show_sheet)
        view.box_hovered.connect(self._light_in_viewer)
        view.failed.connect(self.failed)
        composer = self._pane.composer
        composer.chips.activated.connect(self.show_pending)
        composer.chips.region_requested.connect(self.choose_region)
        composer.chips.page_region_requested.connect(self.choose_region_of)
        composer.documents.page_activated.connect(self.show_picture)
        composer.find_requested.connect(self.find_in_pictures)
        viewer.box_hovered.connect(self._light_in_text)
        viewer.box_clicked.connect(self._reveal_answer)
        viewer.region_requested.connect(self._ask_about_region)
        viewer.find_requested.connect(self._find)
        viewer.failed.connect(self.failed)
        viewer.closed.connect(self._on_closed)
        session.opened.connect(self._on_opened)
        session.pictures_changed.connect(self._mark_origins)
        session.answer_finished.connect(self._on_answer)

    def close(self) -> None:
        """The window is about to close: leave the other panels as they were."""
        if not self.viewer.isHidden():
            self.viewer.dismiss()

    # --- opening ----------------------------------------------------------------------------------

    @Slot(object)
    def show_picture(self, picture: ImageAttachment, *, is_region_wanted: bool = False) -> None:
        """Open the viewer on a picture of the chat or of the draft, among those beside it."""
        together = self._together_with(picture)
        self._make_room()
        self.viewer.show_pictures(
            together,
            together.index(picture),
            self._sheet_on(together),
            is_region_wanted=is_region_wanted,
        )
        self._mark_origins()
        self.viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def show_pending(self, key: int) -> None:
        """Open it on a picture of the draft."""
        self._show_pending(key, is_region_wanted=False)

    @Slot(object)
    def choose_region(self, key: int) -> None:
        """Open it on a picture of the draft, to choose a part of it."""
        self._show_pending(key, is_region_wanted=True)

    @Slot(object)
    def choose_region_of(self, picture: ImageAttachment) -> None:
        """Open it on a page beside the question, to choose a part of it."""
        self.show_picture(picture, is_region_wanted=True)

    def _show_pending(self, key: int, *, is_region_wanted: bool) -> None:
        for item in self._session.pictures:
            if item.key == key and item.attachment is not None:
                self.show_picture(item.attachment, is_region_wanted=is_region_wanted)

    @Slot(object, int)
    def show_sheet(self, sheet: BoxSheet, index: int = 0) -> None:
        """Open the viewer on the boxes of an answer."""
        self._make_room()
        self.viewer.show_sheet(sheet, index)
        self._mark_origins()
        self.viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _together_with(self, picture: ImageAttachment) -> tuple[ImageAttachment, ...]:
        groups = [
            message.message.attachments
            for message in reversed(self._session.messages)
            if message.message.role is Role.USER
        ]
        for group in (self._session.draft.ready, *groups):
            if picture in group:
                return group
        return (picture,)

    def _sheet_on(self, pictures: tuple[ImageAttachment, ...]) -> BoxSheet | None:
        """The boxes that the latest answer about these pictures named, if any."""
        found: BoxSheet | None = None
        is_about_these = False
        for message in self._session.messages:
            if message.message.attachments:
                is_about_these = message.message.attachments == pictures
            elif is_about_these and message.message.role is Role.ASSISTANT:
                found = self._pane.view.sheet_of(message.id) or found
        return found

    def _make_room(self) -> None:
        if not self.viewer.isHidden():
            return
        self._has_folded_sidebar = (
            self._sidebar.isChecked() and self._splitter.width() < _WIDE_ENOUGH_PX
        )
        if self._has_folded_sidebar:
            self._sidebar.setChecked(False)
        self.viewer.show()
        sizes, at = self._splitter.sizes(), self._splitter.indexOf(self.viewer)
        chat = at - 1
        room = sizes[chat] + sizes[at]
        if sizes[at] < self.viewer.minimumWidth() or sizes[chat] < _LEAST_CHAT_PX:
            wanted = min(round(room * _SHARE), room - _LEAST_CHAT_PX)
            wanted = max(self.viewer.minimumWidth(), wanted)
            sizes[chat], sizes[at] = room - wanted, wanted
            self._splitter.setSizes(sizes)

    @Slot()
    def _on_closed(self) -> None:
        if self._has_folded_sidebar:
            self._has_folded_sidebar = False
            self._sidebar.setChecked(True)
        self._light_in_text(None)
        self._pane.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_opened(self) -> None:
        if not self.viewer.isHidden():
            self.viewer.dismiss()

    # --- asking -----------------------------------------------------------------------------------

    @Slot(object)
    def _ask_about_region(self, request: RegionRequest) -> None:
        def cut(keeper: PictureKeeper) -> ImageAttachment:
            original = self._store.original_path(request.attachment.sha256)
            return regions.cut_region(request, original, keeper)

        self._session.add_made(request.attachment.source_name, cut)
        self._pane.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _find(self, request: FindRequest) -> None:
        """Ask for boxes at once, about this picture."""
        session, pictures = self._session, self._session.draft.ready
        if not pictures and not self._is_latest(request.picture):
            session.draft.pictures.put(as_pending([request.picture]))
            pictures = session.draft.ready
        is_about_this = pictures in {(), (request.picture,)} and not session.draft.is_importing
        is_free = session.send_state in {SendState.EMPTY, SendState.READY}
        written = session.draft.text
        if is_free and is_about_this and session.draft.editing is None:
            self._write(find_prompt(request.thing))
            session.send()
            self._write(written)
        elif not written:
            self._write(find_prompt(request.thing))
            self._pane.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def find_in_pictures(self) -> None:
        """Ask where the thing is that is written in the question; without one, leave a gap."""
        composer, thing = self._pane.composer, self._session.draft.text.strip()
        is_named = bool(thing) and "\n" not in thing
        gap = thing if is_named else thing_to_find()
        prompt = find_prompt(gap)
        self._write(prompt)
        if is_named and self._session.send_state is SendState.READY:
            self._session.send()
            return
        cursor = composer.edit.textCursor()
        cursor.setPosition(prompt.index(gap))
        cursor.setPosition(prompt.index(gap) + len(gap), QTextCursor.MoveMode.KeepAnchor)
        composer.edit.setTextCursor(cursor)
        composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _show_findable(self) -> None:
        is_findable = self._ways_of(None).coordinates is not Coordinates.NONE
        self.viewer.bottom.set_findable(is_findable=is_findable)

    def _write(self, text: str) -> None:
        self._session.set_text(text)
        self._pane.composer.set_text(text)

    def _is_latest(self, picture: ImageAttachment) -> bool:
        """Whether the last pictures that were asked about are this one alone."""
        for message in reversed(self._session.messages):
            if message.message.attachments:
                return message.message.attachments == (picture,)
        return False

    @Slot(object)
    def _on_answer(self, answer: StoredMessage) -> None:
        """Boxes of a new answer show themselves on the picture that is being looked at."""
        sheet = self._pane.view.sheet_of(answer.id)
        if sheet is None or self.viewer.isHidden() or self.viewer.subject is None:
            return
        shown = self.viewer.subject.picture
        if shown in sheet.pictures:
            self.viewer.show_sheet(sheet, sheet.pictures.index(shown))

    # --- boxes and marks on both sides ------------------------------------------------------------

    @Slot(object, object)
    def _light_in_viewer(self, message_id: int, number: int | None) -> None:
        sheet = self.viewer.sheet
        if sheet is not None and sheet.message_id == message_id:
            self.viewer.light_box(number)

    @Slot(object)
    def _light_in_text(self, number: int | None) -> None:
        sheet = self.viewer.sheet
        if sheet is not None:
            self._pane.view.light_box(sheet.message_id, number)

    @Slot(object)
    def _reveal_answer(self, number: int) -> None:
        sheet = self.viewer.sheet
        if sheet is not None:
            self._pane.view.reveal(sheet.message_id)
            self._light_in_text(number)

    @Slot()
    def _mark_origins(self) -> None:
        if self.viewer.isHidden():
            return
        made = [*self._session.draft.ready]
        for message in self._session.messages:
            made += message.message.attachments
        self.viewer.set_origins([each.origin for each in made if each.origin is not None])
