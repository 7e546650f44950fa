"""Scenes of the viewer: boxes of an answer, a box pointed at, a region and its question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import QRectF, Qt

from desktop.core import paths
from tests.engine.harness import fake_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.shots import Director

LINES = (
    ("2 x Adult", "7.20"),
    ("1 x Bike", "3.60"),
    ("1 x Coffee", "1.60"),
    ("", ""),
    ("TOTAL EUR", "12.40"),
)
QUESTION = {"en": "Where are the amounts?", "zh_CN": "金额都在哪里？"}
FOLLOW_UP = {"en": "What is this sum made of?", "zh_CN": "这个合计是怎么来的？"}
ANSWER = {
    "en": "The receipt names four amounts:",
    "zh_CN": "小票上有四个金额：",
}
BOXES = """

```json
[
  {"bbox_2d": [640, 192, 785, 236], "label": "7.20"},
  {"bbox_2d": [640, 252, 785, 296], "label": "3.60"},
  {"bbox_2d": [640, 312, 785, 356], "label": "1.60"},
  {"bbox_2d": [640, 432, 785, 476], "label": "12.40"}
]
```"""


def draw_receipt(path: Path) -> Path:
    """A receipt on a table."""
    picture = Image.new("RGB", (1500, 2000), "#d9d1c3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((230, 140, 1270, 1860), fill="#fdfdfb")
    draw.text((330, 240), "FERRY LISBOA", font=ImageFont.load_default(64), fill="#222222")
    font = ImageFont.load_default(56)
    for row, (name, amount) in enumerate(LINES):
        y = 390 + 120 * row
        draw.text((330, y), name, font=font, fill="#222222")
        draw.text((1160, y), amount, font=font, fill="#222222", anchor="ra")
    picture.save(path)
    return path


def looking(director: Director) -> Iterator[Callable[[], bool]]:
    """Ask, look at the boxes, choose a region."""
    session, host = director.session, director.window.viewer_host
    language, folder = director.look.language, paths.data_dir()
    reply = ANSWER[language] + BOXES
    yield from director.use(fake_model(folder, "Scripted boxes", reply=reply, tokens_per_s=2000))
    director.window.actions_of_window.new_chat.trigger()
    session.add_pictures([draw_receipt(folder / "receipt.png")])
    yield lambda: bool(session.draft.pictures.ready)
    session.set_text(QUESTION[language])
    session.send()
    yield director.is_idle
    host.show_picture(session.messages[-2].message.attachments[0])
    yield lambda: host.viewer.picture.is_loaded and bool(host.viewer.boxes)
    yield from director.settle()
    director.take("viewer-boxes")
    host.viewer.light_box(3)
    director.window.pane.view.light_box(session.messages[-1].id, 3)
    yield from director.settle()
    director.take("viewer-box-lit")
    host.viewer.light_box(None)
    director.window.pane.view.light_box(session.messages[-1].id, None)
    host.viewer.bottom.boxes.setChecked(False)
    host.viewer.canvas.choose(QRectF(300, 360, 900, 580))
    yield from director.settle()
    director.take("viewer-region")
    host.viewer.ask()
    yield lambda: bool(session.draft.pictures.ready)
    director.window.pane.composer.edit.setPlainText(FOLLOW_UP[language])
    director.window.pane.composer.edit.setFocus(Qt.FocusReason.OtherFocusReason)
    yield from director.settle()
    director.take("viewer-asking")
    host.viewer.dismiss()
    host.viewer.bottom.boxes.setChecked(True)
    director.window.pane.composer.edit.setPlainText("")
    for item in session.pictures:
        session.remove_picture(item.key)
