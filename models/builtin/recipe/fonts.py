"""The fonts of this system, parted into those for training and those kept for evaluation."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

from PIL import ImageFont

# Upright fonts that have every character of `vocabulary.PRINTED`; none is a relative of those held
# out, which is why URW's Nimbus Sans and Roman are missing (the FreeFonts descend from them).
TRAINING = tuple(
    (  # noqa: SIM905 - a hundred names in quotes are harder to read
        "DejaVuSans.ttf DejaVuSans-Bold.ttf DejaVuSansMono.ttf DejaVuSansMono-Bold.ttf "
        "DejaVuSerif.ttf DejaVuSerif-Bold.ttf DejaVuSansCondensed.ttf "
        "DejaVuSansCondensed-Bold.ttf LiberationSans-Regular.ttf LiberationSans-Bold.ttf "
        "LiberationSerif-Regular.ttf LiberationSerif-Bold.ttf LiberationMono-Regular.ttf "
        "LiberationMono-Bold.ttf LiberationSansNarrow-Regular.ttf LiberationSansNarrow-Bold.ttf "
        "NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc NotoSerifCJK-Regular.ttc "
        "NotoSerifCJK-Bold.ttc NotoSansMono-Regular.ttf NotoSansMono-Bold.ttf wqy-microhei.ttc "
        "Roboto-Regular.ttf Roboto-Medium.ttf Roboto-Bold.ttf Roboto-Black.ttf "
        "RobotoCondensed-Regular.ttf RobotoCondensed-Bold.ttf RobotoSlab-Regular.otf "
        "RobotoSlab-Bold.otf OpenSans-Regular.ttf OpenSans-Semibold.ttf OpenSans-Bold.ttf "
        "OpenSans-CondBold.ttf Inter-Regular.otf Inter-Medium.otf Inter-Bold.otf "
        "Inter-Black.otf Andika-Regular.ttf Andika-Bold.ttf B612-Regular.otf B612-Bold.otf "
        "B612Mono-Regular.otf B612Mono-Bold.otf C059-Roman.otf C059-Bold.otf P052-Roman.otf "
        "P052-Bold.otf URWBookman-Demi.otf URWGothic-Book.otf URWGothic-Demi.otf "
        "NimbusMonoPS-Regular.otf NimbusMonoPS-Bold.otf Cabin-Regular.otf Cabin-Bold.otf "
        "CharisSIL-Regular.ttf CharisSIL-Bold.ttf ClearSans-Regular.ttf ClearSans-Bold.ttf "
        "Comfortaa-Regular.ttf Comfortaa-Bold.ttf ComicNeue-Regular.otf ComicNeue-Bold.otf "
        "Dosis-Medium.otf Dosis-Bold.otf EBGaramond12-Regular.otf FiraCode-Regular.ttf "
        "FiraCode-Bold.ttf GilliusADF-Regular.otf GilliusADF-Bold.otf Go-Regular.ttf "
        "Go-Bold.ttf Go-Mono.ttf Go-Mono-Bold.ttf Inconsolata.otf JetBrainsMono-Regular.ttf "
        "JetBrainsMono-Bold.ttf Jura-Medium.otf Jura-Bold.otf LeagueMono-Regular.otf "
        "LeagueMono-Bold.otf LeagueSpartan-Regular.otf LeagueSpartan-Bold.otf "
        "LibrisADFStd-Regular.otf LibrisADFStd-Bold.otf LinBiolinum_R.otf LinBiolinum_RB.otf "
        "LinLibertine_R.otf LinLibertine_RB.otf OldStandard-Regular.ttf OldStandard-Bold.ttf "
        "Oxygen-Sans.ttf Oxygen-Sans-Bold.ttf OxygenMono-Regular.ttf PTS55F.ttf PTS75F.ttf "
        "PTF55F.ttf PTF75F.ttf PTM55F.ttf PTM75F.ttf Play-Regular.ttf Play-Bold.ttf "
        "Quattrocento-Regular.otf Quicksand-Medium.ttf Quicksand-Bold.ttf Sora-Regular.otf "
        "Sora-Bold.otf SwitzeraADF-Regular.otf SwitzeraADF-Bold.otf SwitzeraADF-Cond.otf "
        "Tuffy.ttf Tuffy_Bold.ttf UniversalisADFStd-Regular.otf UniversalisADFStd-Bold.otf "
        "Verana-Regular.otf Verana-Bold.otf Vollkorn-Regular.ttf Vollkorn-Bold.ttf "
        "YanoneKaffeesatz-Bold.otf lmroman10-regular.otf lmroman10-bold.otf "
        "lmmono10-regular.otf lmmonolt10-bold.otf lmsans10-regular.otf mononoki-Regular.ttf "
        "mononoki-Bold.ttf Waree.ttf Waree-Bold.ttf "
    ).split()
)
HELD_OUT = tuple(
    (  # noqa: SIM905 - as above
        "Lato-Regular.ttf Lato-Bold.ttf Carlito-Regular.ttf Carlito-Bold.ttf Hack-Regular.ttf "
        "Hack-Bold.ttf FreeSerif.ttf FreeSansBold.ttf Karla-Regular.otf Karla-Bold.otf "
        "Cantarell-Regular.otf Cantarell-Bold.otf Caladea-Regular.ttf Caladea-Bold.ttf "
    ).split()
)
# Half of the print is in these: what screens, shops and letters mostly use.
COMMON = TRAINING[:39]


@functools.cache
def _installed() -> dict[str, Path]:
    """Font files by name, as fontconfig knows them."""
    lister = shutil.which("fc-list")
    if lister is None:
        raise RuntimeError("fontconfig's fc-list is needed to find the fonts")
    listed = subprocess.run(
        [lister, "--format", "%{file}\n"], check=True, capture_output=True, text=True
    )
    return {Path(line).name: Path(line) for line in sorted(listed.stdout.split("\n")) if line}


@functools.cache
def names(*, held_out: bool, common: bool = False) -> tuple[str, ...]:
    """The fonts to draw with; raises when fewer than four of them are installed."""
    wanted = HELD_OUT if held_out else (COMMON if common else TRAINING)
    found = tuple(name for name in wanted if name in _installed())
    if len(found) < 4:
        raise RuntimeError("too few fonts are installed; see README.md of this folder")
    return found


def paths(*, held_out: bool) -> list[Path]:
    """Where the files of these fonts are."""
    return [_installed()[name] for name in names(held_out=held_out)]


@functools.lru_cache(maxsize=4096)
def load(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The font at this size."""
    return ImageFont.truetype(
        str(_installed()[name]), size_px, layout_engine=ImageFont.Layout.BASIC
    )


@functools.lru_cache(maxsize=65536)
def advance(name: str, size_px: int, char: str) -> float:
    """How far one character moves the pen; kerning is left out."""
    return load(name, size_px).getlength(char)
