"""Small pictures from disk: in time, at the right size, broken ones calmly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from desktop.gui.theme import LIGHT
from desktop.gui.thumbnails import ThumbnailCache, ThumbnailLabel

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def red_picture(tmp_path: Path) -> Path:
    path = tmp_path / "红色 picture.png"
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#c00000"))
    assert image.save(str(path))
    return path


def test_that_a_picture_comes_later_and_then_at_once(qtbot: QtBot, red_picture: Path) -> None:
    cache = ThumbnailCache()
    with qtbot.waitSignal(cache.loaded) as loaded:
        assert cache.pixmap(red_picture, 128) is None
        assert cache.pixmap(red_picture, 128) is None  # asked twice, loaded once
    assert loaded.args == [str(red_picture)]
    pixmap = cache.pixmap(red_picture, 128)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (128, 64)


def test_that_a_small_picture_is_not_enlarged(qtbot: QtBot, red_picture: Path) -> None:
    cache = ThumbnailCache()
    with qtbot.waitSignal(cache.loaded):
        cache.pixmap(red_picture, 1024)
    pixmap = cache.pixmap(red_picture, 1024)
    assert pixmap is not None
    assert pixmap.width() == 400


@pytest.mark.parametrize("content", [None, b"", b"not a picture"])
def test_that_a_broken_file_is_tried_once(
    qtbot: QtBot, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "broken.png"
    if content is not None:
        path.write_bytes(content)
    cache = ThumbnailCache()
    with qtbot.waitSignal(cache.loaded):
        assert cache.pixmap(path, 128) is None
    assert cache.is_broken(path)
    with qtbot.assertNotEmitted(cache.loaded, wait=50):
        assert cache.pixmap(path, 128) is None


def test_that_a_forgotten_file_is_read_anew(
    qtbot: QtBot, tmp_path: Path, red_picture: Path
) -> None:
    path = tmp_path / "late.png"
    cache = ThumbnailCache()
    with qtbot.waitSignal(cache.loaded):
        cache.pixmap(path, 128)
    path.write_bytes(red_picture.read_bytes())
    cache.forget(path)
    with qtbot.waitSignal(cache.loaded):
        cache.pixmap(path, 128)
    assert cache.pixmap(path, 128) is not None


def test_that_the_label_paints_the_picture_with_rounded_corners(
    qtbot: QtBot, red_picture: Path
) -> None:
    cache = ThumbnailCache()
    label = ThumbnailLabel(cache, red_picture, radius=12)
    qtbot.addWidget(label)
    label.resize(100, 100)
    label.show()
    qtbot.waitUntil(lambda: label.grab().toImage().pixelColor(50, 50).name() == "#c00000")
    assert label.grab().toImage().pixelColor(0, 0).name() != "#c00000"


def test_that_the_label_shows_a_placeholder_for_a_broken_file(qtbot: QtBot, tmp_path: Path) -> None:
    cache = ThumbnailCache()
    label = ThumbnailLabel(cache, tmp_path / "gone.png")
    qtbot.addWidget(label)
    label.resize(100, 100)
    with qtbot.waitSignal(cache.loaded):
        label.show()
    image = label.grab().toImage()
    assert image.pixelColor(50, 4).name() == LIGHT.hover
    inks = {image.pixelColor(x, y).name() for x in range(40, 60) for y in range(40, 60)}
    assert LIGHT.secondary in inks


def test_that_a_clickable_label_answers_mouse_and_keyboard(qtbot: QtBot, red_picture: Path) -> None:
    label = ThumbnailLabel(ThumbnailCache(), red_picture, is_clickable=True)
    qtbot.addWidget(label)
    label.resize(50, 50)
    label.show()
    with qtbot.waitSignal(label.activated):
        QTest.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    with qtbot.waitSignal(label.activated):
        QTest.keyClick(label, Qt.Key.Key_Return)


def test_that_a_plain_label_does_not_take_clicks(qtbot: QtBot, red_picture: Path) -> None:
    label = ThumbnailLabel(ThumbnailCache(), red_picture)
    qtbot.addWidget(label)
    label.show()
    with qtbot.assertNotEmitted(label.activated):
        QTest.mouseClick(label, Qt.MouseButton.LeftButton)
