"""Work with open documents that must not be done on the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from desktop.intake.documents import Document


def close_document(document: Document, owner: QObject) -> None:
    """Let go of a file. It waits for a page that is being drawn, which may take seconds."""
    run_job(document.close, _ignore, _ignore, owner=owner)


def _ignore(_result: object) -> None:
    """There is nothing to show when a file is let go."""
