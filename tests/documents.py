"""Documents made for tests: printed pages, scans, locked and broken ones."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

A4_POINTS = (595, 842)


def printed_pdf(pages: Sequence[str], *, size: tuple[int, int] = A4_POINTS) -> bytes:
    """A PDF written by hand: a line of Helvetica and a black square per page, with a text layer.

    The square is 100 points large, its upper left corner 100 points right of and below the page's.
    """
    width, height = size
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects += [
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, line in enumerate(pages):
        content = (
            f"BT /F1 18 Tf 72 {height - 72} Td ({line}) Tj ET\n100 {height - 200} 100 100 re f"
        )
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
                f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>"
            ),
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    return _assembled(objects)


def scanned_pdf(pictures: Sequence[Image.Image]) -> bytes:
    """Pictures as pages, nothing that could be read as text."""
    buffer = io.BytesIO()
    pictures[0].save(buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return buffer.getvalue()


def scan(text: str, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A white page with a line on it."""
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).text((100, 100), text, fill="black", font_size=48)
    return page


def fax(path: Path, texts: Sequence[str]) -> Path:
    """A TIFF of black and white pages."""
    frames = [scan(text).convert("1") for text in texts]
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="group4")
    return path


def numbered(count: int) -> list[str]:
    return [f"This is page number {n + 1} of the report" for n in range(count)]


def with_text_layer(text: str) -> bytes:
    """One page whose letters mean `text`, one code each."""
    codes = "".join(f"<{n:02x}> <{ord(c):04x}>\n" for n, c in enumerate(text, 1))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Named def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(text)} beginbfchar\n{codes}endbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    shown = "".join(f"{n:02x}" for n in range(1, len(text) + 1))
    content = f"BT /F1 18 Tf 72 700 Td <{shown}> Tj ET"
    return _assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            (
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R "
                f"/FirstChar 1 /LastChar {len(text)} /Widths [{' '.join(['600'] * len(text))}] >>"
            ),
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
                "/Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>"
            ),
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
            f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
        ]
    )


def without_xref(content: bytes) -> bytes:
    """The table that says where the objects are is full of nonsense."""
    start = content.rindex(b"xref\n", 0, content.rindex(b"startxref"))
    trailer = content[content.index(b"trailer", start) : content.rindex(b"startxref")]
    return content[:start] + b"xref\n0 1\ngarbage\n" + trailer + b"startxref\n99999999\n%%EOF"


def _assembled(objects: Sequence[str]) -> bytes:
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(out)
    return out + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ).encode("latin-1")
