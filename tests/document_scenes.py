"""Scenes of documents: the strip of pages, and an answer that cites them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PIL import Image, ImageDraw, ImageFont

from desktop.core import paths
from desktop.core.types import PictureLimits
from tests.documents import scanned_pdf
from tests.engine.harness import fake_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.shots import Director

_CHAPTERS = (
    "Ferry fares",
    "Harbour dues",
    "Passengers",
    "Bicycles",
    "Staff",
    "Repairs",
    "Fuel",
    "Outlook",
)
_LINE = "The crossing takes nine minutes and is served by four boats, two of them electric. "
_QUESTION = {"en": "What does a crossing cost?", "zh_CN": "渡轮一次多少钱？"}
_ANSWER = {
    "en": "A crossing costs **€3.60** for an adult (p. 1) and as much again for a bicycle (p. 4).",
    "zh_CN": "成人单程票价为 **3.60 欧元**（第1页），自行车另收同样的费用（第4页）。",
}


def reading(director: Director) -> Iterator[Callable[[], bool]]:
    """A report of 24 pages, some of them chosen."""
    session, window = director.session, director.window
    language, folder = director.look.language, paths.data_dir()
    model = fake_model(folder, "Scripted pages", reply=_ANSWER[language], tokens_per_s=2000)
    yield from director.use(replace(model, pictures=PictureLimits()))
    window.actions_of_window.new_chat.trigger()
    report = folder / "Annual report.pdf"
    report.write_bytes(scanned_pdf([_page(number) for number in range(24)]))
    session.add_pictures([report])
    yield lambda: bool(session.documents)
    session.documents[0].choose((0, 1, 2, 3))
    window.pane.composer.edit.setPlainText(_QUESTION[language])
    yield lambda: not session.draft.is_importing
    yield from director.settle()
    director.take("documents")
    session.send()
    yield director.is_idle
    yield from director.settle()
    director.take("cited")


def _page(number: int) -> Image.Image:
    """A printed page: a heading and some paragraphs."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    heading = f"{number + 1}. {_CHAPTERS[number % len(_CHAPTERS)]}"
    draw.text((150, 150), heading, font=ImageFont.load_default(56), fill="#222222")
    text = "\n".join(textwrap.wrap(_LINE * (5 + number * 3 % 7), 62))
    draw.multiline_text(
        (150, 290), text, font=ImageFont.load_default(30), fill="#333333", spacing=16
    )
    return page
