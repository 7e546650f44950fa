"""HEIC and HEIF for Pillow, reading nothing of the file but its pixels and its colour profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# WORKAROUND pi_heif 1.4.0: asking for the metadata blocks of a damaged file is a segmentation fault
# in its extension module, and `pi_heif.HeifImageFile` always asks. So this talks to that extension
# module itself. Remove when `HeifImageFile` survives `tests/fixtures/damaged.heic`.
import _pi_heif  # type: ignore[import-not-found]
from PIL import ImageFile
from typing_extensions import override

if TYPE_CHECKING:
    from PIL._imaging import PixelAccess

_THREADS = 4


class HeifImageFile(ImageFile.ImageFile):
    """The primary picture of a HEIF file, turned as its container says.

    The EXIF tag of such a file is for information only (ISO/IEC 23008-12) and is not read.
    """

    format = "HEIF"
    _primary: Any = None

    @override
    def _open(self) -> None:
        images = _load(self.fp.read() if self.fp else b"")
        self._primary = next((image for image in images if image.primary), images[0])
        self._size, self._mode = self._primary.size_mode
        profile = self._primary.color_profile
        if profile and profile["type"] in {"rICC", "prof"}:
            self.info["icc_profile"] = profile["data"]

    @override
    def load(self) -> PixelAccess | None:
        if self._primary is not None:
            data = self._primary.data
            self._size, self._mode = self._primary.size_mode  # decoding may correct it
            self.load_prepare()
            self.frombytes(data, "raw", (self._mode, self._primary.stride))
            self._primary = None
        return super().load()


def _load(content: bytes) -> list[Any]:
    to_8_bits, as_bgr, without_stride, to_16_bits = True, False, False, True
    images = _pi_heif.load_file(
        content, _THREADS, to_8_bits, as_bgr, without_stride, to_16_bits, "", False
    )
    return [image for image in images if image is not None]
