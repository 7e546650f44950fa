"""Scenes of help with pictures: lost small print, a bad picture, a table with a wrong total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import QPoint, Qt

from desktop.core import paths
from desktop.core.types import PictureBudget, PictureLimits
from desktop.gui.improve_sheet import ImproveSheet
from tests.engine.harness import fake_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.shots import Director

WORDS = {"en": "What did the crossing cost?", "zh_CN": "渡轮一共花了多少钱？"}
TABLE = {
    "en": """The receipt lists three items:

| Item | Quantity | Price | Total |
|---|---:|---:|---:|
| Adult | 2 | €3.60 | €7.20 |
| Bicycle | 1 | €3.60 | €3.60 |
| Coffee | 1 | €1.60 | €1.60 |
| **Total** | | | **€12.60** |""",
    "zh_CN": """小票上有三项：

| 项目 | 数量 | 单价 | 金额 |
|---|---:|---:|---:|
| 成人票 | 2 | €3.60 | €7.20 |
| 自行车 | 1 | €3.60 | €3.60 |
| 咖啡 | 1 | €1.60 | €1.60 |
| **合计** | | | **€12.60** |""",
}
_LINES = (
    ("2 x Adult", "7.20"),
    ("1 x Bicycle", "3.60"),
    ("1 x Coffee", "1.60"),
    ("TOTAL EUR", "12.40"),
)
_SMALL = (
    "Tickets are valid for one crossing on the day of issue and are not refundable. Bicycles "
    "travel at the risk of their owners. Keep this receipt until you leave the pier; it may be "
    "asked for on board. Lost property is kept at the terminal for thirty days. "
) * 3


def draw_receipt(path: Path, *, tilt: float = 0.0, light: float = 1.0) -> Path:
    """A receipt with its conditions in small print; taken askew, and in the dark, if wanted."""
    picture = Image.new("RGB", (2100, 2800), "#fbfaf6")
    draw = ImageDraw.Draw(picture)
    draw.text((250, 240), "FERRY LISBOA", font=ImageFont.load_default(96), fill="#222222")
    font = ImageFont.load_default(72)
    for row, (name, amount) in enumerate(_LINES):
        draw.text((250, 520 + 160 * row), name, font=font, fill="#222222")
        draw.text((1850, 520 + 160 * row), amount, font=font, fill="#222222", anchor="ra")
    small = ImageFont.load_default(20)
    line, y = "", 1400
    for word in _SMALL.split():
        if draw.textlength(f"{line} {word}", small) > 1600:
            draw.text((250, y), line, font=small, fill="#333333")
            line, y = word, y + 32
        else:
            line = f"{line} {word}".strip()
    draw.text((250, y), line, font=small, fill="#333333")
    if tilt:
        picture = picture.rotate(-tilt, Image.Resampling.BICUBIC, fillcolor="#fbfaf6")
    picture.point(lambda value: int(value * light)).save(path)
    return path


def helping(director: Director) -> Iterator[Callable[[], bool]]:
    """A warning, an improvement, a table."""
    session, window = director.session, director.window
    language, folder = director.look.language, paths.data_dir()
    line = window.pane.composer.chips.line
    model = fake_model(folder, "Scripted help", reply=TABLE[language], tokens_per_s=2000)
    yield from director.use(replace(model, pictures=PictureLimits()))
    director.services.settings.set_picture_budget(PictureBudget.NORMAL)
    window.actions_of_window.new_chat.trigger()
    session.add_pictures([draw_receipt(folder / "ferry.png")])
    yield lambda: bool(line.text)
    window.pane.composer.edit.setPlainText(WORDS[language])
    window.pane.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)
    yield from director.settle()
    director.take("preflight")
    session.send()
    yield director.is_idle
    yield from director.settle()
    director.take("table")
    yield from _improving(director, folder)
    director.services.settings.set_picture_budget(None)


def _improving(director: Director, folder: Path) -> Iterator[Callable[[], bool]]:
    session, window = director.session, director.window
    line = window.pane.composer.chips.line
    window.actions_of_window.new_chat.trigger()
    session.add_pictures([draw_receipt(folder / "IMG_2041.png", tilt=4, light=0.4)])
    yield lambda: bool(line.text) and not line.improve_button.isHidden()
    yield from director.settle()
    director.take("improve-hint")
    line.improve_button.click()
    sheet = window.findChild(ImproveSheet)
    assert sheet is not None
    sheet.move(window.mapToGlobal(QPoint(0, 0)) + window.rect().center() - sheet.rect().center())
    yield lambda: sheet.changes.is_any and sheet.drawn == sheet.changes
    yield from director.settle()
    director.take("improve")
    sheet.reject()
    for item in session.pictures:
        session.remove_picture(item.key)
