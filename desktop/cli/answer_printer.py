"""An answer on stdout, where nothing can be taken back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_BEGUN_ANEW = "(The model began to repeat itself. The answer begins anew.)\n"


class AnswerPrinter:
    """Takes an answer piece by piece; a context manager that ends its last line.

    A terminal gets every word as it comes, and a note when they are void. A file or another program
    gets the answer when it is certain, or as much as there is when something ends it before.

    Attributes:
        text: The answer so far.
    """

    def __init__(self, *, is_shown: bool) -> None:
        """Without `is_shown` the answer is only gathered."""
        self.text = ""
        self._is_shown = is_shown
        self._is_live = is_shown and sys.stdout.isatty()

    def __enter__(self) -> AnswerPrinter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._is_shown:
            return
        if not self._is_live:
            sys.stdout.write(self.text)
        if self.text or kind is None:
            sys.stdout.write("\n")
        sys.stdout.flush()

    def write(self, piece: str) -> None:
        """The next piece."""
        self.text += piece
        if self._is_live:
            sys.stdout.write(piece)
            sys.stdout.flush()

    def restart(self) -> None:
        """What came so far is void."""
        self.text = ""
        if self._is_live:
            sys.stdout.write("\n")
            sys.stdout.flush()
        if self._is_shown:
            sys.stderr.write(_BEGUN_ANEW)
