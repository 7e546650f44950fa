"""Small ICC profiles, built from nothing, for pictures whose colours mean something else."""

from __future__ import annotations

import struct
from itertools import product

import numpy as np

GAMMA = 0x0233 / 256  # 2.2, as `curv` tags store it

# Columns: the primaries' XYZ, adapted to D50.
DISPLAY_P3 = np.array(
    [[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
)
SRGB = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(x) + _fixed(y) + _fixed(z)


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    name = b"test\0"
    everything = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(79),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        **tags,
    }
    table, body = struct.pack(">I", len(everything)), b""
    start = 128 + 4 + 12 * len(everything)
    for signature, content in everything.items():
        table += signature + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4sI4s4s4s", start + len(body), bytes(4), 0x02400000, kind, space, connection
    )
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return header.ljust(128, b"\0") + table + body


def rgb_profile(
    primaries: np.ndarray[tuple[int, int], np.dtype[np.float64]], gamma: float = GAMMA
) -> bytes:
    """A profile of a display with these primaries and this gamma."""
    tags = {b"rgb"[i : i + 1] + b"XYZ": _xyz(*map(float, primaries[:, i])) for i in range(3)}
    tags |= {b"rgb"[i : i + 1] + b"TRC": _curve(gamma) for i in range(3)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    """A profile of greys with this gamma."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _curve(gamma)})


def cmyk_profile_where_cyan_is_red() -> bytes:
    """A printer whose cyan ink is red; the other inks only darken."""
    corners = b""
    for cyan, magenta, yellow, black in product((0, 1), repeat=4):
        is_red = cyan and not (magenta or yellow or black)
        is_white = not (cyan or magenta or yellow or black)
        lab = (136, 208, 195) if is_red else (255, 128, 128) if is_white else (0, 128, 128)
        corners += bytes(lab)
    ramp = bytes(range(256))
    identity = b"".join(_fixed(float(row == column)) for row in range(3) for column in range(3))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + corners + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})


def srgb_of(color: tuple[int, int, int]) -> tuple[int, int, int]:
    """What a Display P3 colour (with plain gamma) is in sRGB, by the textbook."""
    linear = np.linalg.inv(SRGB) @ DISPLAY_P3 @ ((np.array(color) / 255) ** GAMMA)
    linear = linear.clip(0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255) for value in encoded)
    return red, green, blue
