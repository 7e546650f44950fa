"""What a form is called: by its title, or by what is asked for."""

from __future__ import annotations

import json

from PySide6.QtCore import QCoreApplication

from desktop.core.form_fields import names_of

_MOST_LETTERS = 48


def schema_name(schema: str) -> str:
    """On one line, at most 48 letters."""
    name = _title(schema) or ", ".join(names_of(schema))
    if not name:
        name = QCoreApplication.translate("SchemaWords", "JSON Schema")
    name = " ".join(name.split())
    return name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1].rstrip(" ,") + "…"


def _title(schema: str) -> str:
    try:
        root = json.loads(schema)
    except (ValueError, RecursionError):
        return ""
    title = root.get("title") if isinstance(root, dict) else None
    return title.strip() if isinstance(title, str) else ""
