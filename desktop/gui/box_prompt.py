"""The question that asks a model for boxes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def find_prompt(thing: str) -> str:
    """Asks where something is, so that the answer comes as boxes."""
    #: In Chinese exactly 请给出{thing}的边界框。: models were trained on these words.
    words = translate("Boxes", "Locate the {thing}, output its bbox in JSON.")
    return words.format(thing=thing.strip())


def thing_to_find() -> str:
    """The word that stands in the question until a person writes another."""
    return translate("Boxes", "thing")
