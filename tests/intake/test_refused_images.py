"""What is refused: files that are no pictures, damaged, too large, or not to be read."""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageFile

from desktop.core.errors import DocumentError, ErrorCode, GroundglassError, ImageError
from desktop.intake.images import take_picture
from tests.intake.pictures import FIXTURES, Take, encoded, quarters

if TYPE_CHECKING:
    from desktop.core.types import ImageAttachment
    from desktop.store.attachments import AttachmentStore


def refusal(source: Path | bytes, take: Take) -> GroundglassError:
    with pytest.raises((ImageError, DocumentError)) as caught:
        take(source)
    assert caught.value.message[-1] == "."
    return caught.value


def test_that_missing_files_and_broken_links_are_refused(tmp_path: Path, take: Take) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    for name in ("gone.png", "link.png", "a\0b.png"):
        error = refusal(tmp_path / name, take)
        assert error.code == ErrorCode.FILE_NOT_FOUND
        assert error.details == {"name": name}
        assert f"“{name}”" in error.message


def test_that_folders_are_refused(tmp_path: Path, take: Take) -> None:
    assert refusal(tmp_path, take).code == ErrorCode.FILE_IS_FOLDER


def test_that_empty_files_are_refused(tmp_path: Path, take: Take) -> None:
    (tmp_path / "empty.jpg").touch()
    assert refusal(tmp_path / "empty.jpg", take).code == ErrorCode.FILE_EMPTY
    assert refusal(b"", take).details == {"name": ""}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_that_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path, take: Take) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert refusal(tmp_path / "pipe.png", take).code == ErrorCode.FILE_UNREADABLE


def test_that_files_one_may_not_open_are_refused(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.png"
    quarters().save(path)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path, take).code == ErrorCode.FILE_UNREADABLE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Dear diary,\n", ErrorCode.FILE_NOT_PICTURE),
        (b"BMW is a car maker, not a bitmap.\n", ErrorCode.FILE_NOT_PICTURE),
        (b"x", ErrorCode.FILE_NOT_PICTURE),
        (b"\0" * 5000, ErrorCode.FILE_NOT_PICTURE),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", ErrorCode.FILE_NOT_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ErrorCode.FILE_NOT_PICTURE),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", ErrorCode.FILE_NOT_PICTURE),
        (b"%PDF-1.7\n", ErrorCode.DOCUMENT_DAMAGED),
        (b"\r\n\r\n%PDF-1.4\n", ErrorCode.DOCUMENT_DAMAGED),
        (b"\xff\xd8\xff\xe0", ErrorCode.PICTURE_DAMAGED),
        (b"\x89PNG\r\n\x1a\n", ErrorCode.PICTURE_DAMAGED),
        (b"GIF89a", ErrorCode.PICTURE_DAMAGED),
    ],
)
def test_that_other_files_are_refused_by_what_they_are(
    content: bytes, code: ErrorCode, tmp_path: Path, take: Take, store: AttachmentStore
) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    error = refusal(path, take)
    assert error.code == code
    assert error.details == {"name": "holiday.jpg"}
    assert store.original_path(hashlib.sha256(content).hexdigest()) is None


def noisy(kind: str) -> bytes:
    noise = Image.effect_noise((320, 240), 80).convert("RGB")
    return encoded(noise, kind, quality=90)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("fraction", [0.02, 0.5, 0.9])
def test_that_truncated_pictures_are_called_damaged(
    kind: str, fraction: float, take: Take, store: AttachmentStore
) -> None:
    content = noisy(kind)
    part = content[: int(len(content) * fraction)]
    assert refusal(part, take).code == ErrorCode.PICTURE_DAMAGED
    assert store.original_path(hashlib.sha256(part).hexdigest()) is None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_that_truncated_heic_is_called_damaged(fraction: float, take: Take) -> None:
    content = (FIXTURES / "rotated.heic").read_bytes()
    part = content[: int(len(content) * fraction)]
    assert refusal(part, take).code == ErrorCode.PICTURE_DAMAGED


def test_that_a_truncated_compressed_tiff_is_called_damaged(take: Take) -> None:
    noise = Image.effect_noise((320, 240), 80).convert("RGB")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg"):
        content = encoded(noise, "TIFF", compression=compression)
        assert refusal(content[: len(content) // 2], take).code == ErrorCode.PICTURE_DAMAGED


def test_that_flipped_bits_give_a_picture_or_a_sentence(take: Take) -> None:
    random = np.random.default_rng(7)
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        content = np.frombuffer(encoded(quarters(), kind), np.uint8)
        for _ in range(25):
            broken = content.copy()
            where = random.integers(0, broken.size, 4)
            broken[where] = random.integers(0, 256, 4)
            with suppress(ImageError):
                take(broken.tobytes())


def bomb(kind: str, side: int) -> bytes:
    """A small file that declares a side x side picture."""
    if kind in {"JPEG", "progressive JPEG"}:
        content = encoded(quarters(), "JPEG", progressive=kind != "JPEG")
        size = (64).to_bytes(2, "big") + (96).to_bytes(2, "big")
        assert content.count(size) == 1
        return content.replace(size, side.to_bytes(2, "big") * 2)
    if kind == "PNG":
        png = bytearray(encoded(quarters(), "PNG"))
        png[16:24] = side.to_bytes(4, "big") * 2
        png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
        return bytes(png)
    other = bytearray(encoded(quarters(), kind))
    where = {"BMP": 18, "GIF": 6}[kind]
    width = 4 if kind == "BMP" else 2
    other[where : where + 2 * width] = side.to_bytes(width, "little") * 2
    return bytes(other)


@pytest.mark.parametrize(
    ("kind", "side", "megapixels", "limit"),
    [
        ("PNG", 60_000, "3600", "200"),
        ("PNG", 14_200, "202", "200"),
        ("BMP", 30_000, "900", "200"),
        ("GIF", 65_000, "4225", "200"),
        ("JPEG", 65_500, "4290", "300"),
        ("progressive JPEG", 15_000, "225", "200"),
    ],
)
def test_that_decompression_bombs_are_refused_by_their_declared_size(
    kind: str, side: int, megapixels: str, limit: str, take: Take
) -> None:
    error = refusal(bomb(kind, side), take)
    assert error.code == ErrorCode.PICTURE_TOO_LARGE
    assert error.details == {"name": "", "megapixels": megapixels, "limit": limit}
    assert megapixels in error.message


def test_that_a_large_jpeg_within_its_limit_is_taken(take: Take) -> None:
    # 225 megapixels: more than other formats may have, and Pillow would warn from 89 on. (The JPEG
    # decoder fills up what the file does not hold.)
    taken = take(bomb("JPEG", 15_000))
    assert (taken.width, taken.height) == (15_000, 15_000)


def test_that_a_file_that_changes_meanwhile_is_refused(
    tmp_path: Path, store: AttachmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "growing.png"
    quarters().save(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    real = store.keep

    def keep_late(**arguments: object) -> ImageAttachment:
        path.write_bytes(path.read_bytes() + b"more")
        return real(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "keep", keep_late)
    with pytest.raises(ImageError) as caught:
        take_picture(path, store)
    assert caught.value.code == ErrorCode.FILE_UNREADABLE
    assert store.original_path(sha256) is None
