from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from desktop.core.paths import builtin_model_dir
from desktop.core.types import Adapter, EngineKind, InstalledModel
from desktop.gui.adapter_list import AdapterList, AdapterRow
from tests import adapters

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MINI = InstalledModel(
    "builtin",
    "Mini",
    EngineKind.LLAMA_CPP,
    builtin_model_dir() / "groundglass-mini-f16.gguf",
    None,
)
MINI_MLX = InstalledModel("builtin", "Mini", EngineKind.MLX, builtin_model_dir() / "mlx", None)


@pytest.fixture
def shown(qtbot: QtBot) -> AdapterList:
    widget = AdapterList()
    qtbot.addWidget(widget)
    widget.resize(420, 160)
    widget.show()
    widget.set_value((), MINI)
    return widget


def rows(widget: AdapterList) -> list[AdapterRow]:
    places = [widget._rows.itemAt(place) for place in range(widget._rows.count())]
    widgets = [place.widget() for place in places if place is not None]
    return [row for row in widgets if isinstance(row, AdapterRow)]


def test_that_an_adapter_of_the_model_is_added_at_full_strength(
    qtbot: QtBot, shown: AdapterList, tmp_path: Path
) -> None:
    path = adapters.write_gguf(tmp_path / "口音.gguf")
    with qtbot.waitSignal(shown.changed):
        shown.add(path)
    assert shown.value() == (Adapter(path, 1.0),)
    (row,) = rows(shown)
    assert row.scale.accessibleName() == "Strength of 口音.gguf"
    with qtbot.waitSignal(shown.changed):
        row.scale.setValue(0.35)
    assert shown.value() == (Adapter(path, 0.35),)
    with qtbot.waitSignal(shown.changed):
        row.remove_button.click()
    assert shown.value() == ()
    assert rows(shown) == []


def says(widget: AdapterList, words: str) -> bool:
    return words in widget.problem_label.text()


def test_that_a_wrong_adapter_is_refused_with_a_sentence_and_nothing_is_lost(
    qtbot: QtBot, shown: AdapterList, tmp_path: Path
) -> None:
    good = adapters.write_gguf(tmp_path / "good.gguf")
    shown.set_value((Adapter(good, 0.5),), MINI)
    other = adapters.write_gguf(tmp_path / "other.gguf", architecture="llama")
    changes: list[None] = []
    shown.changed.connect(lambda: changes.append(None))
    for path, words in (
        (other, "was made for another model"),
        (tmp_path / "gone.gguf", "is not there any more"),
        (MINI.model_path, "is no adapter that can be used here"),
    ):
        shown.add(path)
        qtbot.waitUntil(functools.partial(says, shown, words))
        assert path.name in shown.problem_label.text()
    assert shown.problem_label.isVisible()
    assert shown.value() == (Adapter(good, 0.5),)
    assert changes == []
    assert shown.add_button.isEnabled()
    with qtbot.waitSignal(shown.changed):
        shown.add(adapters.write_gguf(tmp_path / "second.gguf"))
    assert not shown.problem_label.isVisible()
    assert [one.path.name for one in shown.value()] == ["good.gguf", "second.gguf"]


def test_that_the_same_adapter_is_not_added_twice(
    qtbot: QtBot, shown: AdapterList, tmp_path: Path
) -> None:
    path = adapters.write_gguf(tmp_path / "a.gguf")
    shown.set_value((Adapter(path, 0.5),), MINI)
    shown.add(path)
    assert shown.value() == (Adapter(path, 0.5),)
    assert shown.add_button.isEnabled()


def test_that_the_model_may_change_while_an_adapter_is_looked_at(
    qtbot: QtBot, shown: AdapterList, tmp_path: Path
) -> None:
    shown.add(adapters.write_gguf(tmp_path / "a.gguf"))
    shown.set_value((), MINI_MLX)
    qtbot.waitUntil(shown.add_button.isEnabled)
    assert shown.value() == ()


def test_that_nothing_can_be_added_without_a_model(shown: AdapterList, tmp_path: Path) -> None:
    shown.set_value((Adapter(Path("/a/b.gguf")),), None)
    assert not shown.add_button.isEnabled()
    shown.add(tmp_path / "a.gguf")
    assert len(shown.value()) == 1


def test_that_adapters_of_the_other_engine_stay_and_say_so(shown: AdapterList) -> None:
    both = (Adapter(Path("/a/one.gguf")), Adapter(Path("/a/two")))
    shown.set_value(both, MINI)
    assert [row._note.isHidden() for row in rows(shown)] == [True, False]
    assert rows(shown)[1]._note.text() == "for MLX, not in use"
    shown.set_value(both, MINI_MLX)
    assert [row._note.isHidden() for row in rows(shown)] == [False, True]
    assert rows(shown)[0]._note.text() == "for llama.cpp, not in use"
    assert shown.value() == both


def test_that_the_button_asks_for_what_the_engine_reads(
    qtbot: QtBot, shown: AdapterList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = adapters.write_gguf(tmp_path / "a.gguf")
    folder = adapters.write_mlx(tmp_path / "a")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    with qtbot.waitSignal(shown.changed):
        shown.add_button.click()
    assert shown.value() == (Adapter(file),)
    shown.set_value((), MINI_MLX)
    with qtbot.waitSignal(shown.changed):
        shown.add_button.click()
    assert shown.value() == (Adapter(folder),)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    shown.add_button.click()
    assert shown.value() == (Adapter(folder),)


def test_that_adapters_can_be_dropped(qtbot: QtBot, shown: AdapterList, tmp_path: Path) -> None:
    paths = [adapters.write_gguf(tmp_path / f"{name}.gguf") for name in "ab"]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), action, data, left, none)
    shown.dragEnterEvent(enter)
    assert enter.isAccepted()
    shown.dropEvent(QDropEvent(QPointF(5, 5), action, data, left, none))
    qtbot.waitUntil(lambda: len(shown.value()) == 2)
    assert {one.path for one in shown.value()} == set(paths)
    text = QMimeData()
    text.setText("words")
    refused = QDragEnterEvent(QPointF(5, 5).toPoint(), action, text, left, none)
    shown.dragEnterEvent(refused)
    assert not refused.isAccepted()


def test_that_a_long_name_leaves_room_for_the_rest(qtbot: QtBot, shown: AdapterList) -> None:
    shown.set_value((Adapter(Path(f"/a/{'long ' * 40}.gguf")),), MINI)
    qtbot.waitUntil(lambda: "…" in rows(shown)[0]._name.text())
    (row,) = rows(shown)
    assert row.remove_button.geometry().right() <= shown.width()
