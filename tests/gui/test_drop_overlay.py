"""What a drop offers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProxyStyle, QStyle, QWidget
from typing_extensions import override

from desktop.gui.drop_overlay import DropOffer, DropOverlay, offer_of
from desktop.gui.motion import FADE_MS, fade_ms

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def dragged(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def offer(*paths: Path) -> DropOffer:
    found = offer_of(dragged(*paths))
    assert found is not None
    return found


def test_that_pictures_are_counted(tmp_path: Path) -> None:
    one = tmp_path / "图 片 1.PNG"
    assert offer(one) == DropOffer("Add 1 picture", "", (one,))
    several = [tmp_path / name for name in ("a.jpg", "b.heic", "c.webp")]
    assert offer(*several).title == "Add 3 pictures"
    assert offer(*several).sources == tuple(several)


def test_that_a_folder_says_why_not(tmp_path: Path) -> None:
    found = offer(tmp_path)
    assert found.title == "Folders cannot be added"
    assert found.sources == ()


def test_that_other_kinds_say_why_not(tmp_path: Path) -> None:
    found = offer(tmp_path / "notes.txt")
    assert found.title == "Only pictures and documents can be added"
    assert found.sources == ()


def test_that_documents_are_offered_by_name(tmp_path: Path) -> None:
    one, other = tmp_path / "合同.PDF", tmp_path / "b.pdf"
    assert offer(one) == DropOffer("Add 1 document", "", (one,))
    assert offer(one, other).title == "Add 2 documents"
    assert offer(one, other, tmp_path / "a.png").title == "Add 3 pictures and documents"
    assert offer(one, tmp_path / "notes.txt").note.startswith("1 of what you drag")


def gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF")
    return path


def mlx_folder(path: Path) -> Path:
    path.mkdir()
    (path / "config.json").write_text("{}", encoding="utf-8")
    (path / "model.safetensors").touch()
    return path


def test_that_a_model_is_offered_to_be_added(tmp_path: Path) -> None:
    pair = (gguf(tmp_path / "模型.GGUF"), gguf(tmp_path / "mmproj.gguf"))
    found = offer(*pair)
    assert found.title == "Add this model"
    assert found.model_files == pair
    assert found.sources == ()
    assert found.is_wanted
    folder = mlx_folder(tmp_path / "mlx")
    assert offer(folder).model_files == (folder,)


def test_that_a_folder_without_weights_is_no_model(tmp_path: Path) -> None:
    folder = mlx_folder(tmp_path / "mlx")
    (folder / "model.safetensors").unlink()
    found = offer(folder)
    assert found.title == "Folders cannot be added"
    assert not found.is_wanted


def test_that_a_model_beside_a_picture_stays_out(tmp_path: Path) -> None:
    found = offer(tmp_path / "a.png", gguf(tmp_path / "model.gguf"))
    assert found.title == "Add 1 picture"
    assert found.model_files == ()


def test_that_a_mixed_drop_adds_the_pictures_and_says_what_stays_out(tmp_path: Path) -> None:
    found = offer(tmp_path / "a.png", tmp_path / "notes.txt", tmp_path)
    assert found.sources == (tmp_path / "a.png",)
    assert found.title == "Add 1 picture"
    assert found.note.startswith("2 of what you drag")


def test_that_a_name_without_an_ending_is_given_a_chance(tmp_path: Path) -> None:
    assert offer(tmp_path / "scan").sources == (tmp_path / "scan",)


def test_that_a_picture_dragged_from_a_web_page_is_taken() -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.jpg")])
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    found = offer_of(data)
    assert found is not None
    assert found.title == "Add 1 picture"


def test_that_dragged_text_is_not_ours() -> None:
    data = QMimeData()
    data.setText("words")
    assert offer_of(data) is None


def test_that_it_covers_the_window_and_goes_again(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(QSize(600, 400))
    window.show()
    overlay = DropOverlay(window)
    overlay.show_offer(offer(tmp_path / "a.png"))
    assert overlay.geometry() == window.rect()
    assert overlay.accessibleName() == "Add 1 picture"
    window.resize(QSize(700, 500))
    assert overlay.size() == QSize(700, 500)
    assert not overlay.grab().isNull()
    overlay.withdraw()
    qtbot.waitUntil(overlay.isHidden)


class StillStyle(QProxyStyle):
    """A system that asks for less motion."""

    @override
    def styleHint(self, hint: QStyle.StyleHint, *args: object) -> int:
        if hint is QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, *args)  # type: ignore[arg-type]


def test_that_nothing_moves_when_the_system_asks_for_less_motion(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert fade_ms(widget) == FADE_MS <= 150
    style = StillStyle("Fusion")
    widget.setStyle(style)
    assert fade_ms(widget) == 0
