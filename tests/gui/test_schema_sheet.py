"""The sheet that makes a form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.core.form_fields import Field, FieldKind, build_schema, fields_of, parse_fields
from desktop.gui.schema_sheet import SchemaSheet
from desktop.gui.schema_words import schema_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

SPEC = "merchant, total:number, paid on:date?, size:choice(S|M)"
NESTED = '{"title": "Invoice", "type": "object", "properties": {"a": {"type": "object"}}}'
_FIELDS, _JSON = 0, 1


class Sheets:
    def __init__(self, qtbot: QtBot) -> None:
        self.home = QWidget()
        qtbot.addWidget(self.home)
        self.chosen: list[str | None] = []

    def open(self, schema: str | None = None, recent: Sequence[str] = ()) -> SchemaSheet:
        sheet = SchemaSheet(schema, recent, self.home)
        sheet.chosen.connect(self.chosen.append)
        sheet.show()
        return sheet


@pytest.fixture
def sheets(qtbot: QtBot) -> Sheets:
    return Sheets(qtbot)


def test_that_fields_are_typed_one_after_the_other(sheets: Sheets) -> None:
    sheet = sheets.open()
    assert not sheet.use_button.isEnabled()
    assert not sheet.problem.isVisible()  # nothing was written yet: nothing is wrong
    assert not sheet.none_button.isVisible()
    QTest.keyClicks(sheet.fields.rows[0].name, "merchant")
    QTest.keyClick(sheet.fields.rows[0].name, Qt.Key.Key_Return)
    assert sheet.isVisible()  # Enter leads on, it does not send
    assert len(sheet.fields.rows) == 2
    second = sheet.fields.rows[1]
    second.name.setText("总额")
    second.kind.setCurrentIndex(tuple(FieldKind).index(FieldKind.NUMBER))
    second.required.setChecked(False)
    QTest.keyClick(second.name, Qt.Key.Key_Return)  # a third row that stays blank
    sheet.use_button.click()
    wanted = build_schema([Field("merchant"), Field("总额", FieldKind.NUMBER, is_required=False)])
    assert sheets.chosen == [wanted]
    assert not sheet.isVisible()


def test_that_a_form_comes_back_for_changing(sheets: Sheets) -> None:
    schema = build_schema(parse_fields(SPEC))
    sheet = sheets.open(schema)
    assert sheet.fields.fields == parse_fields(SPEC)
    assert [row.choices.isVisible() for row in sheet.fields.rows] == [False, False, False, True]
    sheet.fields.rows[3].choices.setText("S， M、L; M,")
    sheet.fields.rows[0].remove.click()
    sheet.use_button.click()
    found = fields_of(sheets.chosen[0] or "")
    assert found is not None
    assert [field.name for field in found] == ["total", "paid on", "size"]
    assert found[2].choices == ("S", "M", "L")


def test_that_the_last_field_leaves_a_blank_one(sheets: Sheets) -> None:
    sheet = sheets.open(build_schema([Field("a")]))
    sheet.fields.rows[0].remove.click()
    assert [row.is_blank for row in sheet.fields.rows] == [True]
    assert not sheet.use_button.isEnabled()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ((Field("a"), Field("a")), "same name"),
        ((Field("a", FieldKind.CHOICE),), "can be chosen for “a”"),
        ((Field("", FieldKind.CHOICE, choices=("x",)),), "needs a name"),
    ],
)
def test_that_what_is_missing_is_said_at_once(
    sheets: Sheets, fields: tuple[Field, ...], sentence: str
) -> None:
    sheet = sheets.open()
    sheet.fields.show_fields(fields)
    assert not sheet.use_button.isEnabled()
    words = sheet.problem.text()
    assert sentence in words or "have the name “a”" in words
    sheet.tabs.setCurrentIndex(_JSON)
    assert sheet.tabs.currentIndex() == _FIELDS  # where the problem stands


def test_that_fields_and_json_are_two_ways_of_writing_the_same(sheets: Sheets) -> None:
    sheet = sheets.open(build_schema(parse_fields(SPEC)))
    sheet.tabs.setCurrentIndex(_JSON)
    root = json.loads(sheet.json.toPlainText())
    root["properties"]["more"] = {"type": "boolean"}
    root["required"].append("more")
    sheet.json.setPlainText(json.dumps(root))
    sheet.tabs.setCurrentIndex(_FIELDS)
    assert sheet.fields.fields == (*parse_fields(SPEC), Field("more", FieldKind.YES_NO))


def test_that_a_schema_that_says_more_stays_json(sheets: Sheets) -> None:
    sheet = sheets.open(NESTED)
    assert sheet.tabs.currentIndex() == _JSON
    sheet.tabs.setCurrentIndex(_FIELDS)
    assert not sheet.fields.isVisible()
    assert sheet.use_button.isEnabled()
    sheet.use_button.click()
    assert [json.loads(one or "") for one in sheets.chosen] == [json.loads(NESTED)]


def test_that_a_bad_schema_is_told_while_it_is_written(sheets: Sheets) -> None:
    sheet = sheets.open()
    sheet.tabs.setCurrentIndex(_JSON)
    assert not sheet.problem.isVisible()
    sheet.json.setPlainText('{"type": "object",')
    assert "line 1" in sheet.problem.text()
    assert not sheet.use_button.isEnabled()
    sheet.json.setPlainText('{"not": {}}')
    assert "“not”" in sheet.problem.text()
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    sheet.accept()
    assert sheets.chosen == []
    sheet.json.setPlainText('{"type": "object"}')
    assert not sheet.problem.isVisible()
    assert sheet.use_button.isEnabled()


def test_that_a_form_used_before_is_put_up_again(sheets: Sheets) -> None:
    first = build_schema(parse_fields("a, b"))
    sheet = sheets.open(None, [first, NESTED])
    names = [action.text() for action in sheet.recent_button.menu().actions()]
    assert names == ["a, b", "Invoice"]
    sheet.recent_button.menu().actions()[0].trigger()
    assert sheet.fields.fields == (Field("a"), Field("b"))
    sheet.recent_button.menu().actions()[1].trigger()
    assert sheet.tabs.currentIndex() == _JSON
    assert sheets.chosen == []
    assert not sheets.open().recent_button.isVisible()


def test_that_no_form_and_cancel_differ(sheets: Sheets) -> None:
    sheet = sheets.open(build_schema([Field("a")]))
    sheet.cancel_button.click()
    assert sheets.chosen == []
    sheet = sheets.open(build_schema([Field("a")]))
    sheet.none_button.click()
    assert sheets.chosen == [None]
    assert not sheet.isVisible()


def test_that_a_form_has_a_short_name() -> None:
    assert schema_name(build_schema(parse_fields("a, b"))) == "a, b"
    assert schema_name(NESTED) == "Invoice"
    assert schema_name('{"type": "string"}') == schema_name("{") == "JSON Schema"
    long = schema_name(build_schema([Field(f"field {n}") for n in range(20)]))
    assert len(long) <= 48
    assert long.endswith("…")
