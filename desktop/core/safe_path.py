"""Whether a file name from elsewhere (a catalogue, a server) can be joined to a folder of ours."""

from __future__ import annotations

import re

_LONGEST_SEGMENT = 255  # bytes, on every usual file system
_LONGEST_PATH = 1024
# What Windows takes in no file name: among it the drive letter's and the data stream's colon.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\Z", re.IGNORECASE)


def is_safe_path(path: str) -> bool:
    """True for a relative path with forward slashes that stays inside any folder on any system."""
    return 0 < len(path) <= _LONGEST_PATH and all(_is_safe_name(name) for name in path.split("/"))


def _is_safe_name(name: str) -> bool:
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return False
    return (
        0 < length <= _LONGEST_SEGMENT
        and not _FORBIDDEN.search(name)
        # Windows drops dots and spaces at the end, so that "..." would be a way up.
        and not name.endswith((".", " "))
        and not _DEVICE.match(name.partition(".")[0].rstrip(" "))
    )
