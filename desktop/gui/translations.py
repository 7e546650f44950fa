"""The interface's language: ours, and Qt's own words for its dialogs."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop.core.paths import resources_dir

LANGUAGES = ("en", "zh_CN")


def language_of(setting: str) -> str:
    """The language to show for a setting: itself, or for "system" the best one there is.

    English strings are in the code; their plural forms are in a translation like the others.
    """
    if setting in LANGUAGES:
        return setting
    for wanted in QLocale.system().uiLanguages():
        match wanted.replace("_", "-").split("-")[0]:
            case "zh":
                return "zh_CN"
            case "en":
                return "en"
            case _:
                continue
    return "en"


def install_translations(app: QCoreApplication, setting: str) -> str:
    """Install the translators for a language setting; gives the language that is shown.

    Call it before the first widget: what is on the screen keeps its language. A language that a
    person chose also says how numbers are written; with "system" the system does.
    """
    language = language_of(setting)
    if setting in LANGUAGES or QLocale.system().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale(language))
    folders = {
        f"qtbase_{language}": QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
        f"groundglass_{language}": str(resources_dir() / "translations"),
    }
    for name, folder in folders.items():
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
    return language
