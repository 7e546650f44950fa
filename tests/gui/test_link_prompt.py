"""Links: told, shown in full, opened only after the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.gui.answer_text import AnswerText
from desktop.gui.flowing_text import FlowingText
from desktop.gui.link_prompt import LinkPrompt, ask_to_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class _Browser(QObject):
    """Stands where the web browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def browser() -> Iterator[_Browser]:
    stand_in = _Browser()
    for scheme in ("http", "https", "mailto", "file"):
        QDesktopServices.setUrlHandler(scheme, stand_in, "take")  # type: ignore[arg-type]
    yield stand_in
    for scheme in ("http", "https", "mailto", "file"):
        QDesktopServices.unsetUrlHandler(scheme)


def test_that_a_click_on_a_link_tells_its_address_and_opens_nothing(
    qtbot: QtBot, browser: _Browser
) -> None:
    text = AnswerText()
    qtbot.addWidget(text)
    text.set_markdown("[a local file](file:///etc/hostname) and more")
    text.resize(600, text.fit(600))
    text.show()
    with qtbot.waitSignal(text.link_activated) as activated:
        place = text.cursorRect(QTextCursor(text.document())).center() + QPoint(20, 0)
        QTest.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert activated.args == ["file:///etc/hostname"]
    assert text.toPlainText() == "a local file and more"
    assert browser.opened == []


@pytest.mark.parametrize("address", ["http://example.org/a", "https://例.中国/b", "mailto:a@b.c"])
def test_that_a_web_link_opens_only_after_the_question(
    qtbot: QtBot, browser: _Browser, address: str
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    prompt = ask_to_open(address, parent)
    assert prompt.isVisible()
    assert browser.opened == []
    button = prompt.findChild(QPushButton, "openLink")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert browser.opened == [QUrl(address).toString()]
    assert not prompt.isVisible()


def test_that_enter_and_escape_cancel(qtbot: QtBot, browser: _Browser) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        prompt = LinkPrompt("https://example.org")
        qtbot.addWidget(prompt)
        prompt.open()
        QTest.keyClick(prompt, key)
        assert not prompt.isVisible()
    assert browser.opened == []


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "javascript:alert(1)", "/etc/hostname", "smb://host/x", "#a"],
)
def test_that_other_links_can_be_read_but_not_opened(qtbot: QtBot, address: str) -> None:
    prompt = LinkPrompt(address)
    qtbot.addWidget(prompt)
    assert prompt.findChild(QPushButton, "openLink") is None
    shown = prompt.findChild(FlowingText)
    assert isinstance(shown, FlowingText)
    assert shown.toPlainText().strip() == QUrl(address).toString()


def test_that_the_prompt_shows_where_a_misleading_address_goes(qtbot: QtBot) -> None:
    prompt = LinkPrompt("https://example.org@evil.test/сhat")
    qtbot.addWidget(prompt)
    labels = " ".join(
        label.text() for label in prompt.findChildren(QWidget) if hasattr(label, "text")
    )
    assert "evil.test" in labels
    look_alike = LinkPrompt("https://аpple.com/")  # the first letter is Cyrillic
    qtbot.addWidget(look_alike)
    shown = look_alike.findChild(FlowingText)
    assert isinstance(shown, FlowingText)
    assert "xn--" in shown.toPlainText()
