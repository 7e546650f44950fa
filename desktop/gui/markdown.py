"""Markdown as text: where a growing answer can be cut, and what Qt must be told differently.

Pure functions. `split_settled` cuts off blocks that no later text can change; each of them may be
rendered once and for all.
"""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct, field

# The marks are from CommonMark 0.31.2, sections 4.5 (fences), 5.2 (list items), 5.1 (quotes).
_MARKER = re.compile(r"(?P<indent> *)(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+|$)")
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_FENCE = re.compile(r"(?P<run>`{3,}(?=[^`]*$)|~{3,})")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_MAY_START_ITEM = re.compile(r"[-*+\d]")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S[^\n]*$")
HAIR_SPACE = "\u200a"


class _Fence(Struct):
    run: str
    container: int  # content indent of the list item it stands in, 0 outside lists
    is_quoted: bool


class _Block(Struct):
    """What is known of the block that is being read."""

    is_empty: bool = True
    is_after_blank: bool = False
    is_indented_code: bool = False
    is_list: bool = False
    items: list[int] = field(default_factory=list)  # content indents of the open list items
    fence: _Fence | None = None

    @property
    def survives_blank_lines(self) -> bool:
        return self.is_list or self.is_indented_code


def split_settled(text: str) -> tuple[list[str], str]:
    """The blocks that are complete, and the rest; joined they are `text`.

    Text that is added later never changes a settled block, so a caller may go on with the rest
    alone. A block ends with a blank line or a closing fence; a list ends where something else
    begins. `text` must begin where a block begins.
    """
    settled: list[str] = []
    start = offset = 0
    block = _Block()
    for line in text.splitlines(keepends=True) if "\r" in text else text.split("\n"):
        if "\r" not in text:
            line += "\n"  # noqa: PLW2901
        is_complete = offset + len(line) <= len(text) and line.endswith("\n")
        bare = line.rstrip("\r\n")
        if block.fence is not None and not _is_inside(block.fence, bare):
            block.fence = None
        if _ends_before(block, bare, is_complete=is_complete):
            settled.append(text[start:offset])
            start, block = offset, _Block()
        if not is_complete:
            break
        offset += len(line)
        if _ends_with(block, bare):
            settled.append(text[start:offset])
            start, block = offset, _Block()
    return settled, text[start:]


def _ends_before(block: _Block, line: str, *, is_complete: bool) -> bool:
    """Whether a list (or indented code) is over because this line is something else."""
    if not (block.survives_blank_lines and block.is_after_blank) or block.fence is not None:
        return False
    if not line.strip() or line[0] in " \t":
        return False
    if not block.is_list:
        return True
    if not _MAY_START_ITEM.match(line):
        return True
    return is_complete and (not _MARKER.match(line) or _RULE.match(line) is not None)


def _ends_with(block: _Block, line: str) -> bool:
    """Take a whole line into the block; whether the block is over with it."""
    if block.fence is not None:
        block.is_after_blank = not line.strip()
        if not _closes(block.fence, line):
            return False
        is_top = block.fence.container == 0 and not block.fence.is_quoted and not block.is_list
        block.fence = None
        return is_top
    if not line.strip():
        block.is_after_blank = True
        return not block.is_empty and not block.survives_blank_lines
    _read_line(block, line)
    return False


def _read_line(block: _Block, line: str) -> None:
    rest, is_quoted = line.expandtabs(4), False
    while (quote := _QUOTE.match(rest)) is not None:
        rest, is_quoted = rest[quote.end() :], True
    indent = len(rest) - len(rest.lstrip(" "))
    while block.items and indent < block.items[-1]:
        block.items.pop()
    column = block.items[-1] if block.items else 0
    if block.is_empty:
        block.is_indented_code = indent >= 4 and not is_quoted
    if not _RULE.match(rest):
        while (marker := _MARKER.match(rest, column)) is not None:
            if len(marker["indent"]) > 3:
                break
            block.is_list = True
            column = marker.end() if marker["gap"] else marker.end() + 1
            block.items.append(column)
    content = rest[column:]
    fence = _FENCE.match(content.lstrip(" "))
    if fence is not None and len(content) - len(content.lstrip(" ")) <= 3:
        block.fence = _Fence(fence["run"], column, is_quoted)
    block.is_empty = block.is_after_blank = False


def _is_inside(fence: _Fence, line: str) -> bool:
    """Whether the line still belongs to the quote or list item that the fence stands in."""
    if fence.is_quoted:
        return _QUOTE.match(line) is not None
    expanded = line.expandtabs(4)
    return not line.strip() or len(expanded) - len(expanded.lstrip(" ")) >= fence.container


def _closes(fence: _Fence, line: str) -> bool:
    rest = line.expandtabs(4)
    while fence.is_quoted and (quote := _QUOTE.match(rest)) is not None:
        rest = rest[quote.end() :]
    rest = rest[fence.container :]
    run = rest.strip()
    is_run = len(run) >= len(fence.run) and set(run) == {fence.run[0]}
    return is_run and len(rest) - len(rest.lstrip(" ")) <= 3


def link_definitions(text: str) -> str:
    """The lines that define reference links, to be put before blocks that may use them.

    Found where a definition may stand: at the start of a block, or after a heading.
    """
    if "]:" not in text:
        return ""
    found: list[str] = []
    settled, tail = split_settled(text)
    for block in (*settled, tail):
        for line in block.splitlines():
            if _DEFINITION.match(line):
                found.append(line.strip())
            elif line.strip() and not line.startswith("#"):
                break
    return "\n".join(found)


def streaming_fence(text: str) -> str | None:
    """The code so far, if `text` is nothing but a fence that is still open.

    It ends with the last complete line.
    """
    first, newline, rest = text.lstrip("\n").partition("\n")
    if not newline or _FENCE.match(first) is None or split_settled(text)[0]:
        return None
    return rest[: rest.rfind("\n") + 1]


# --- what Qt must be told differently -------------------------------------------------------------

_CODE = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*\n"
    r"(?:.*?^[ \t>]*(?P=fence)[`~]*[ \t]*$|.*\Z)"
    r"|(?<![\\`])(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_TABLE_DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
# Qt's reader takes these for rows when they follow a table directly.
_INTERRUPTS_TABLE = re.compile(r"#{1,6} |>|`{3}|~{3}|[-*+] |\d{1,9}[.)] ")
_PICTURE = re.compile(r"(?<!\\)!\[")
_NAMELESS_PICTURE = re.compile(r"(?<!\\)!\[\s*\](?=\()")
_FOOTNOTE = re.compile(r"^( {0,3})\[\^", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\\*])(\*{1,3})(?![\s*])([^*\n]+?)(?<![\s*\\])\1(?!\*)")


def prepared(block: str) -> str:
    """The block as Qt's Markdown reader should get it: same words, some repairs, none in code.

    Pictures become links: nothing that an answer names may be loaded. Footnotes stay text: Qt would
    swallow them, as it would what stands between two rules at the start. Tables need no empty lines
    around them. Emphasis beside Chinese, Japanese or Korean text and punctuation works:
    CommonMark's flanking rules were made for languages with spaces, and a hair space outside the
    stars satisfies them. Whoever renders the result takes the hair spaces out again.
    """
    parts: list[str] = []
    end = 0
    if block.startswith("---"):
        block = f"\n{block}"
    if "|" in block:
        block = _with_tables_apart(block)
    for code in _CODE.finditer(block):
        parts += (_repaired(block[end : code.start()]), code[0])
        end = code.end()
    parts.append(_repaired(block[end:]))
    return "".join(parts)


def _with_tables_apart(block: str) -> str:
    """The block with empty lines before tables, and after them before anything that is no row."""
    result: list[str] = []
    run, is_table = "", False  # the fence that is open, and whether the last line was a row
    lines = block.split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        bare, above = line.strip(), result[-1] if result else ""
        if run:
            run = "" if len(bare) >= len(run) and set(bare) == {run[0]} else run
            result.append(line)
            continue
        if is_table and _INTERRUPTS_TABLE.match(line):
            result.append("")
        is_table = is_table and bool(bare)
        if (fence := _FENCE.match(bare)) is not None:
            run, is_table = fence["run"], False
        elif "|" in line and _TABLE_DELIMITERS.match(below):
            is_table = True
            if above.strip() and line[0] not in " \t>" and above[0] not in " \t":
                result.append("")
        result.append(line)
    return "\n".join(result)


def _repaired(text: str) -> str:
    if "![" in text:
        text = _PICTURE.sub("[", _NAMELESS_PICTURE.sub("[…]", text))
    if "[^" in text:
        text = _FOOTNOTE.sub(r"\1\\[^", text)
    return _EMPHASIS.sub(_with_room, text) if "*" in text else text


def _with_room(match: re.Match[str]) -> str:
    inner = match[2]
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    left = HAIR_SPACE if _is_east_asian(before) and _is_punctuation(inner[0]) else ""
    right = HAIR_SPACE if _is_east_asian(after) and _is_punctuation(inner[-1]) else ""
    return f"{left}{match[0]}{right}"


def _is_east_asian(char: str) -> bool:
    return bool(char) and ord(char) >= 0x2E80 and not _is_punctuation(char)


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


# --- the tail, while it grows ---------------------------------------------------------------------

_ONLY_MARKS = re.compile(r"[ \t]*(?:[-=*+#>|~`_:\s]|\d{1,9}[.)])*\s*$")
_HALF_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*$")


def presentable(tail: str) -> str:
    """The tail as it may be shown now, so that marks which are still coming do not flicker.

    A last line that is only marks is held back (`-` under a paragraph would make it a heading for a
    moment); bold, code and links that are still open are closed.
    """
    head, newline, line = tail.rpartition("\n")
    if _ONLY_MARKS.match(line):
        return head + newline
    line = _HALF_LINK.sub(r"\1", line)
    plain = _CODE.sub("", line)
    if "`" in plain:
        run = re.search(r"`+$", line)
        line = line[: run.start()] if run else line + "`" * len(re.findall(r"`+", plain)[-1])
    elif plain.count("**") % 2:
        line = line.rstrip("* \t")
        line += "**" if _CODE.sub("", line).count("**") % 2 else ""
    return head + newline + line
