"""A sheet of pictures as the training sees them: `python -m recipe.gallery OUT.png`."""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from recipe import pictures
from recipe.vocabulary import seeded

KINDS = ("shapes", "shapes", "text", "receipt", "mixed", "dense")
SIDE = 160
GAP = 8


def main() -> None:
    """Draws the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    step = SIDE + GAP
    sheet = Image.new("RGB", (len(KINDS) * step + GAP, options.rows * step + GAP), (120, 120, 120))
    rng = seeded("gallery", options.seed)
    for row in range(options.rows):
        for column, kind in enumerate(KINDS):
            scene = pictures.draw(rng, kind, SIDE, SIDE)
            where = (GAP + column * step, GAP + row * step)
            sheet.paste(Image.fromarray(scene.pixels), where)
    sheet.save(options.out)


if __name__ == "__main__":
    main()
