"""What size a picture is shown to the model at: pure arithmetic, shared by engines and window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.core.types import PictureBudget, PictureLimits

TOKEN_SIDE = 32  # pixels of one Qwen3-VL picture token: patch 16 x merge 2


def target_size(
    width: int,
    height: int,
    budget: PictureBudget,
    limits: PictureLimits,
    token_side: int = TOKEN_SIDE,
) -> tuple[int, int]:
    """Size in pixels, (width, height), at which a picture is given to the vision encoder.

    Both sides are multiples of `token_side`, so that nothing is padded and coordinates map back
    linearly; the aspect ratio is kept as far as that allows. Never more tokens than the budget and
    the model's limits permit; a picture smaller than the budget keeps its size, unless the model
    knows one size best.
    """
    most = min(budget.tokens, limits.max_tokens)
    fewest = min(limits.min_tokens, most)
    own = width * height / token_side**2
    wanted = float(limits.best_tokens) if limits.best_tokens is not None else own
    wanted = min(max(wanted, fewest), most)
    scale = math.sqrt(wanted / own)
    columns = max(1, round(width * scale / token_side))
    rows = max(1, round(height * scale / token_side))
    # Rounding up both sides may pass the limit; very long pictures run into it on one side alone.
    while columns * rows > most:
        if columns >= rows and columns > 1:
            columns -= 1
        else:
            rows -= 1
    while columns * rows < fewest and columns * rows + max(columns, rows) <= most:
        if columns <= rows:
            columns += 1
        else:
            rows += 1
    return columns * token_side, rows * token_side
