"""Scenes of answers in a form: making one, asking for it, filling it, reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core import paths
from desktop.core.form_fields import build_schema, parse_fields
from desktop.core.types import PictureLimits
from tests.engine.harness import fake_model
from tests.helping_scenes import draw_receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.shots import Director

FIELDS = {
    "en": "merchant, date:date?, total:number, paid by card:yesno, "
    "kind:choice(food|travel|other), passengers:list",
    "zh_CN": "商家, 日期:date?, 总额:number, 刷卡支付:yesno, "
    "类别:choice(餐饮|出行|其他), 乘客:list",
}
QUESTION = {"en": "What does the receipt say?", "zh_CN": "这张小票上写了什么？"}
ANSWER = {
    "en": '{"merchant": "Ferry Lisboa", "date": null, "total": 12.40, "paid_by_card": false, '
    '"kind": "travel", "passengers": ["2 adults", "1 bicycle"], "items": [{"name": "Adult", '
    '"quantity": 2, "amount": 7.20}, {"name": "Bicycle", "quantity": 1, "amount": 3.60}, '
    '{"name": "Coffee", "quantity": 1, "amount": 1.60}]}',
    "zh_CN": '{"商家": "里斯本渡轮", "日期": null, "总额": 12.40, "刷卡支付": false, '
    '"类别": "出行", "乘客": ["成人 2 名", "自行车 1 辆"], '
    '"明细": [{"名称": "成人票", "数量": 2, "金额": 7.20}, '
    '{"名称": "自行车", "数量": 1, "金额": 3.60}, {"名称": "咖啡", "数量": 1, "金额": 1.60}]}',
}


def forms(director: Director) -> Iterator[Callable[[], bool]]:
    """The sheet in both ways of writing, a form that fills, and the finished one."""
    session, window, language = director.session, director.window, director.look.language
    answer = ANSWER[language]
    model = fake_model(paths.data_dir(), "Scripted form", reply=answer, tokens_per_s=60)
    yield from director.use(replace(model, pictures=PictureLimits()))
    window.actions_of_window.new_chat.trigger()
    session.add_pictures([draw_receipt(paths.data_dir() / "ferry 2.png")])
    yield lambda: bool(session.draft.pictures.ready)
    session.set_schema(build_schema(parse_fields(FIELDS[language])))
    button = window.pane.composer.form
    button.open_sheet()
    sheet = button.sheet
    assert sheet is not None
    yield from director.settle()
    director.take("form-fields")
    sheet.tabs.setCurrentIndex(1)
    sheet.json.setPlainText('{"type": "object", "properties": {"total": {"type": "numbers"}}}')
    yield from director.settle()
    director.take("form-schema-problem")
    sheet.reject()
    window.pane.composer.edit.setPlainText(QUESTION[language])
    yield from director.settle()
    director.take("form-asked-for")
    session.send()
    yield lambda: len(director.said()) > len(answer) * 0.6
    director.take("form-filling")
    yield director.is_idle
    yield from director.settle()
    director.take("form-answer")
