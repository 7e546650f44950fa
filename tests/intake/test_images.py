"""Pictures of every format become upright pages; each is kept once."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from desktop.core.types import ImageAttachment
from desktop.intake import decode
from desktop.intake.images import SUPPORTED_SUFFIXES, take_picture
from desktop.store.attachments import AttachmentStore
from tests.intake import profiles
from tests.intake.pictures import (
    CORNERS,
    FIXTURES,
    PageOf,
    Take,
    corners,
    encoded,
    is_close,
    pixel,
    quarters,
)

INVERSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize(
    ("kind", "suffix", "media_type"),
    [
        ("JPEG", ".jpg", "image/jpeg"),
        ("PNG", ".png", "image/png"),
        ("WEBP", ".webp", "image/webp"),
        ("GIF", ".gif", "image/gif"),
        ("BMP", ".bmp", "image/bmp"),
        ("TIFF", ".tif", "image/tiff"),
        ("AVIF", ".avif", "image/avif"),
        ("MPO", ".jpg", "image/jpeg"),
    ],
)
def test_that_every_format_becomes_a_page(
    kind: str, suffix: str, media_type: str, tmp_path: Path, store: AttachmentStore, page_of: PageOf
) -> None:
    path = tmp_path / "without a telling suffix"
    content = encoded(quarters(), kind, quality=95)
    path.write_bytes(content)
    taken = take_picture(path, store)
    assert taken == ImageAttachment(
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        width=96,
        height=64,
        page=0,
        path=store.page_path(taken.sha256),
        source_name="without a telling suffix",
    )
    assert is_close(corners(page_of(path)), CORNERS)
    original = store.original_path(taken.sha256)
    assert original is not None
    assert original.suffix == suffix in SUPPORTED_SUFFIXES
    assert original.read_bytes() == content


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_that_all_exif_orientations_come_out_upright(
    kind: str, orientation: int, take: Take, page_of: PageOf
) -> None:
    turn = INVERSE.get(orientation)
    stored = quarters().transpose(turn) if turn is not None else quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(stored, kind, exif=exif, quality=95)
    taken = take(content)
    assert (taken.width, taken.height) == (96, 64)
    page = page_of(content)
    assert page.size == (96, 64)
    assert is_close(corners(page), CORNERS)


def test_that_heic_is_turned_once_although_container_and_exif_both_say_so(page_of: PageOf) -> None:
    # Made with libheif and x265 from `quarters()`, EXIF orientation 6, as phones write it: the
    # container's `irot` and the EXIF tag say the same thing.
    page = page_of(FIXTURES / "rotated.heic")
    assert page.size == (64, 96)
    red, green, blue, yellow = CORNERS
    assert is_close(corners(page), (blue, red, yellow, green))


def test_that_exif_alone_does_not_turn_heic(take: Take, page_of: PageOf) -> None:
    # ISO/IEC 23008-12: only the container's properties turn; the EXIF tag is for information.
    page = page_of(FIXTURES / "tag-only.heic")
    assert page.size == (96, 64)
    assert is_close(corners(page), CORNERS)
    assert take(FIXTURES / "tag-only.heic").media_type == "image/heic"


def test_that_heic_with_damaged_metadata_does_not_end_the_process(tmp_path: Path) -> None:
    # Found by flipping bytes in `rotated.heic`: pi_heif 1.4.0 crashes on its metadata blocks.
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from desktop.intake.images import take_picture\n"
        "from desktop.store.attachments import AttachmentStore\n"
        "taken = take_picture(Path(sys.argv[1]), AttachmentStore(Path(sys.argv[2])))\n"
        "print(taken.width, taken.height)\n"
    )
    path = FIXTURES / "damaged.heic"
    command = [sys.executable, "-W", "error", "-c", script, str(path), str(tmp_path / "store")]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout.split()) == (0, ["64", "96"])


def test_that_heic_with_a_profile_becomes_srgb(page_of: PageOf) -> None:
    # Made with libheif and x265: one colour, with the profile of `profiles.DISPLAY_P3`.
    expected = profiles.srgb_of((200, 110, 60))
    assert is_close(pixel(page_of(FIXTURES / "display-p3.heic"), (20, 20)), expected, 4)


def test_that_transparent_heic_stands_on_white(page_of: PageOf) -> None:
    page = page_of(FIXTURES / "transparent.heic")  # more opaque towards the bottom
    assert min(pixel(page)) > 225
    assert max(np.subtract(pixel(page, (3, 60)), (30, 70, 220))) < 20


def test_that_a_damaged_exif_block_costs_only_the_rotation(page_of: PageOf) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x02" * 40
    assert is_close(corners(page_of(encoded(quarters(), "JPEG", exif=exif, quality=95))), CORNERS)


def test_that_only_the_first_frame_or_page_is_taken(page_of: PageOf) -> None:
    others = [Image.new("RGB", (96, 64), "black")]
    for kind in ("GIF", "TIFF", "WEBP", "PNG", "AVIF"):
        content = encoded(quarters(), kind, save_all=True, append_images=others, quality=95)
        assert is_close(corners(page_of(content)), CORNERS)


def test_that_a_page_has_at_most_the_pixels_that_engines_take(take: Take, page_of: PageOf) -> None:
    content = encoded(quarters(3000, 2000), "PNG")
    taken, page = take(content), page_of(content)
    assert (taken.width, taken.height) == (3000, 2000)
    assert 4_180_000 < page.width * page.height <= decode.PAGE_PIXELS
    assert page.width / page.height == pytest.approx(1.5, abs=0.002)
    assert is_close(corners(page), CORNERS)


@pytest.mark.parametrize("size", [(1, 20000), (20000, 1), (1, 1), (2, 65000)])
def test_that_extreme_shapes_work(
    size: tuple[int, int], take: Take, store: AttachmentStore
) -> None:
    taken = take(encoded(Image.new("RGB", size, "red"), "PNG"))
    assert (taken.width, taken.height) == size
    with Image.open(store.thumbnail_path(taken.sha256)) as thumbnail:
        assert max(thumbnail.size) <= decode.THUMBNAIL_SIDE
        assert min(thumbnail.size) == 1


@pytest.mark.parametrize("size", [(10**9, 1), (1, 10**9), (3, 10**8), (9999, 9999), (2048, 2049)])
def test_that_no_shape_exceeds_the_page_limit(size: tuple[int, int]) -> None:
    width, height = decode.page_size(*size)
    assert width >= 1
    assert height >= 1
    assert width * height <= decode.PAGE_PIXELS


def test_that_thumbnails_are_small_and_upright(take: Take, store: AttachmentStore) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = quarters(1200, 800).transpose(Image.Transpose.ROTATE_90)
    taken = take(encoded(stored, "JPEG", exif=exif, quality=95))
    with Image.open(store.thumbnail_path(taken.sha256)) as thumbnail:
        assert thumbnail.size == (512, 341)
        assert is_close(corners(thumbnail), CORNERS)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's memory figures")
def test_that_a_100_megapixel_jpeg_is_never_decoded_at_full_size(tmp_path: Path) -> None:
    path = tmp_path / "panorama.jpg"
    quarters(11600, 8700).save(path, quality=60)
    # Not `ru_maxrss`: a new process inherits that of the one that started it.
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from desktop.intake.images import take_picture\n"
        "from desktop.store.attachments import AttachmentStore\n"
        "def peak():\n"
        "    return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = peak()\n"
        "taken = take_picture(Path(sys.argv[1]), AttachmentStore(Path(sys.argv[2])))\n"
        "print(taken.width, taken.height, peak() - before)\n"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(path), str(tmp_path / "store")]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    width, height, grown_kib = map(int, output.split())
    assert (width, height) == (11600, 8700)
    assert grown_kib < 150_000  # the whole picture would take 394,000


def test_that_a_picture_already_kept_is_not_decoded_again(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = encoded(quarters(), "PNG")
    first = take(content)
    decoded: list[str] = []
    real = ImageFile.ImageFile.load

    def counting(self: ImageFile.ImageFile) -> object:
        decoded.append(self.mode)
        return real(self)

    monkeypatch.setattr(ImageFile.ImageFile, "load", counting)
    assert take(content) == first
    assert decoded == []
    first.path.write_bytes(first.path.read_bytes()[:-20])
    assert take(content) == first
    assert decoded != []
    with Image.open(first.path) as page:
        assert is_close(corners(page.convert("RGB")), CORNERS)


def test_that_the_same_picture_under_two_names_is_kept_once(
    tmp_path: Path, take: Take, store: AttachmentStore
) -> None:
    folder = tmp_path / "照片 和 图片"
    folder.mkdir()
    first, second = folder / "渡轮 收据.png", folder / "same again.png"
    quarters().save(first)
    shutil.copy(first, second)
    one, two = take(first), take(second)
    assert (one.source_name, two.source_name) == ("渡轮 收据.png", "same again.png")
    assert one.sha256 == two.sha256
    assert one.path == two.path


def test_that_a_store_with_a_chinese_path_and_spaces_works(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path / "我的 数据" / "附件")
    with Image.open(take_picture(encoded(quarters(), "WEBP", quality=95), store).path) as page:
        assert is_close(corners(page.convert("RGB")), CORNERS)


def test_that_threads_can_take_the_same_and_other_pictures_at_once(
    take: Take, store: AttachmentStore
) -> None:
    kinds = ("JPEG", "PNG", "TIFF", "AVIF")
    contents = [encoded(quarters(900, 600), kind, quality=95) for kind in kinds] * 4
    start = threading.Barrier(8)

    def together(content: bytes) -> ImageAttachment:
        start.wait()
        return take(content)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(together, contents))
    assert len({one.sha256 for one in taken}) == len(kinds)
    for one in taken:
        assert store.find(one.sha256, 0) == one
        with Image.open(one.path) as page:
            assert is_close(corners(page.convert("RGB")), CORNERS)


def test_that_pasted_pictures_have_no_name_unless_given(store: AttachmentStore) -> None:
    content = encoded(quarters(), "PNG")
    assert take_picture(content, store).source_name == ""
    assert take_picture(content, store, source_name="Pasted").source_name == "Pasted"


def test_that_pillow_warnings_stay_inside_and_others_do_not(take: Take) -> None:
    tiff = io.BytesIO()
    quarters().save(tiff, "TIFF", tiffinfo={270: "x" * 40})
    odd = bytearray(tiff.getvalue())
    at = odd.find((270).to_bytes(2, "little"))
    odd[at + 4 : at + 8] = (2**31).to_bytes(4, "little")  # a tag larger than the file
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Image.open(io.BytesIO(odd)).getexif()
        assert caught  # Pillow does warn of this file
        caught.clear()
        take(bytes(odd))
        assert caught == []
        warnings.warn("ours", UserWarning, stacklevel=1)
        Image.open(io.BytesIO(odd)).getexif()
        assert len(caught) > 1
