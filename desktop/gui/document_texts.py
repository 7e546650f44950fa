"""Sentences for what can be wrong with a document, and the words for its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.errors import ErrorCode

if TYPE_CHECKING:
    from desktop.gui.reading import ReadingResult

translate = QCoreApplication.translate

DocumentCode = Literal[
    ErrorCode.DOCUMENT_UNSUPPORTED,
    ErrorCode.DOCUMENT_LOCKED,
    ErrorCode.DOCUMENT_PASSWORD_WRONG,
    ErrorCode.DOCUMENT_DAMAGED,
    ErrorCode.DOCUMENT_WITHOUT_PAGES,
]


def document_wordings(code: DocumentCode) -> tuple[str, ...]:
    """Ways to say it, the richest in details first; see `error_texts`."""
    match code:
        case ErrorCode.DOCUMENT_UNSUPPORTED:
            return (
                translate(
                    "DocumentTexts",
                    "{name} is protected in a way that is not known here. Save a copy without "
                    "protection and add that.",
                ),
            )
        case ErrorCode.DOCUMENT_LOCKED:
            return (
                translate(
                    "DocumentTexts",
                    "{name} is protected. Type its password to open it; it is not kept anywhere.",
                ),
            )
        case ErrorCode.DOCUMENT_PASSWORD_WRONG:
            return (
                translate(
                    "DocumentTexts",
                    "This password does not open the document. Capital letters matter; try again.",
                ),
            )
        case ErrorCode.DOCUMENT_DAMAGED:
            return (
                translate(
                    "DocumentTexts",
                    "Page {page} of {name} is damaged and cannot be shown. The other pages can be "
                    "asked about.",
                ),
                translate(
                    "DocumentTexts",
                    "{name} is damaged or incomplete and cannot be opened. Copy or save it again "
                    "from where it came from.",
                ),
            )
        case ErrorCode.DOCUMENT_WITHOUT_PAGES:
            return (
                translate(
                    "DocumentTexts",
                    "{name} has no pages, so there is nothing to look at. Choose another document.",
                ),
            )


def pages_text(chosen: int, count: int) -> str:
    """How many pages of a document are chosen."""
    numbers = {"chosen": QLocale().toString(chosen), "count": QLocale().toString(count)}
    if chosen == 0:
        return translate("DocumentTexts", "No page of {count} chosen").format(**numbers)
    if chosen == count:
        return translate("DocumentTexts", "All {count} pages").format(**numbers)
    return translate("DocumentTexts", "{chosen} of {count} pages").format(**numbers)


def tokens_text(tokens: int, *, is_rough: bool) -> str:
    """How much of the context that takes."""
    number = QLocale().toString(tokens)
    if is_rough:
        return translate("DocumentTexts", "about {tokens} tokens").format(tokens=number)
    return translate("DocumentTexts", "{tokens} tokens").format(tokens=number)


def notes_markdown(result: ReadingResult) -> str:
    """What was noted on the way, as it stands under the answer; empty without a note."""
    if not result.notes:
        return ""
    heading = translate("DocumentTexts", "Notes from the pages")
    cited = translate("DocumentTexts", "p. {page}")
    lines = [f"- **{cited.format(page=note.page + 1)}** {note.text}" for note in result.notes]
    read = QLocale().toString(result.pages_read)
    count = QLocale().toString(result.page_count)
    found = QLocale().toString(len(result.notes))
    summary = translate(
        "DocumentTexts",
        "{read} of {count} pages were read, {found} of them hold something about the question.",
    ).format(read=read, count=count, found=found)
    return "\n".join(["---", "", f"#### {heading}", "", *lines, "", summary])
