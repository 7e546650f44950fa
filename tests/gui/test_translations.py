import ast
import re
import shutil
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from desktop.gui.translations import install_translations, language_of
from tools import translations as tool

PLACEHOLDER = re.compile(r"%\d|%n|\{\w*\}")


def messages(language: str) -> list[tuple[str, ET.Element]]:
    root = ET.parse(tool.ts_path(language)).getroot()  # noqa: S314 - our own file
    return [
        (context.findtext("name", ""), message)
        for context in root.iter("context")
        for message in context.iter("message")
    ]


def forms(message: ET.Element) -> list[str]:
    translation = message.find("translation")
    assert translation is not None
    plural = translation.findall("numerusform")
    return [form.text or "" for form in plural] if plural else [translation.text or ""]


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_that_every_string_of_the_code_is_in_the_file_and_no_other(
    language: str, tmp_path: Path
) -> None:
    committed = tool.ts_path(language)
    shutil.copy(committed, tmp_path)
    tool.update(language, tmp_path)
    fresh = tool.ts_path(language, tmp_path).read_text(encoding="utf-8")
    assert fresh == committed.read_text(encoding="utf-8"), "run: make translations"


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_that_every_string_is_translated(language: str) -> None:
    assert tool.unfinished(language) == []


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_that_the_compiled_file_is_made_from_the_text(language: str, tmp_path: Path) -> None:
    shutil.copy(tool.ts_path(language), tmp_path)
    tool.release(language, tmp_path)
    fresh = tool.qm_path(language, tmp_path).read_bytes()
    assert fresh == tool.qm_path(language).read_bytes(), "run: make translations"


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_that_translations_keep_the_placeholders(language: str) -> None:
    for _context, message in messages(language):
        source = message.findtext("source", "")
        wanted = Counter(PLACEHOLDER.findall(source))
        for text in forms(message):
            found = Counter(PLACEHOLDER.findall(text))
            # A plural form such as "One picture" may say the number in a word.
            assert found == wanted or found + Counter(["%n"]) == wanted, (source, text)


def test_that_chinese_is_written_with_chinese_signs() -> None:
    for _context, message in messages("zh_CN"):
        if message.findtext("source", "").startswith("d MMMM"):
            continue  # a date format
        for text in forms(message):
            assert "..." not in text, text
            assert not re.search(r"[\u4e00-\u9fff][,.;:?!](\s|$)", text), text
            assert not re.search(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]", text), text


def test_that_strings_to_translate_are_written_where_the_extractor_sees_them() -> None:
    """Not in f-strings, not through other names, not put together while running."""
    extracted = {message.findtext("source", "") for _context, message in messages("zh_CN")}
    missed = []
    for path in sorted(tool.SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            text = node.args[:1] if called.rpartition(".")[2] == "tr" else []
            if called in {"translate", "QCoreApplication.translate"}:
                text = node.args[1:2]
            if text and not (isinstance(text[0], ast.Constant) and text[0].value in extracted):
                missed.append(f"{path.name}:{node.lineno}: {ast.unparse(text[0])}")
    assert missed == []


@pytest.fixture
def translated(qapp: QApplication) -> Iterator[QApplication]:
    locale = QLocale()
    before = set(qapp.findChildren(QTranslator))
    yield qapp
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(locale)


def test_that_chinese_strings_and_qts_own_arrive(translated: QApplication) -> None:
    assert install_translations(translated, "zh_CN") == "zh_CN"
    assert QCoreApplication.translate("SettingsDialog", "Settings") == "设置"
    if (
        Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / "qtbase_zh_CN.qm"
    ).exists():
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    assert QLocale().name() == "zh_CN"


def test_that_every_translation_is_found_under_its_context(translated: QApplication) -> None:
    install_translations(translated, "zh_CN")
    for context, message in messages("zh_CN"):
        source = message.findtext("source", "")
        number = 3 if message.get("numerus") == "yes" else -1
        comment = message.findtext("comment")
        wanted = forms(message)[0].replace("%n", "3")
        assert QCoreApplication.translate(context, source, comment, number) == wanted


def test_that_english_counts_in_singular_and_plural(translated: QApplication) -> None:
    install_translations(translated, "en")
    for context, message in messages("en"):
        source = message.findtext("source", "")
        one = QCoreApplication.translate(context, source, None, 1)
        many = QCoreApplication.translate(context, source, None, 3)
        assert "(s)" not in one + many
        assert "%n" not in one + many


@pytest.mark.parametrize(
    ("system", "language"),
    [
        (["zh-Hans-CN", "en-US"], "zh_CN"),
        (["zh-TW"], "zh_CN"),
        (["de-DE", "zh-CN", "en"], "zh_CN"),
        (["de-DE"], "en"),
        (["en-GB", "zh-CN"], "en"),
        (["C"], "en"),
    ],
)
def test_that_the_system_decides_by_the_order_of_its_languages(
    system: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QLocale, "uiLanguages", lambda _locale: system)
    assert language_of("system") == language
    assert language_of("en") == "en"
    assert language_of("zh_CN") == "zh_CN"
