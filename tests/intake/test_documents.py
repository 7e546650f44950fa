"""Documents: opened without rendering, then page by page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from desktop.core.errors import DocumentError, ErrorCode, GroundglassError, ImageError
from desktop.core.types import Region
from desktop.intake.decode import PAGE_PIXELS
from desktop.intake.documents import Document, open_document, take_page
from desktop.intake.images import take_file
from tests.documents import (
    fax,
    numbered,
    printed_pdf,
    scan,
    scanned_pdf,
    with_text_layer,
    without_xref,
)
from tests.intake.pictures import FIXTURES, pixel, quarters

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.store.attachments import AttachmentStore

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def refusal(source: Path | bytes, password: str | None = None) -> GroundglassError:
    with pytest.raises((DocumentError, ImageError)) as caught:
        open_document(source, password)
    return caught.value


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "年度 报告.pdf"
    path.write_bytes(printed_pdf(numbered(5)))
    return path


def test_that_a_page_is_drawn_as_fine_as_a_page_picture_can_be(report: Path) -> None:
    with open_document(report) as document:
        assert document.page_count == 5
        width, height = document.page_size(2)
        page = document.render(2)
    assert page.size == (width, height)
    assert 0.98 * PAGE_PIXELS < width * height <= PAGE_PIXELS
    assert width / height == pytest.approx(595 / 842, abs=0.001)
    dots = width / 595
    assert pixel(page, (round(150 * dots), round(150 * dots))) == BLACK
    assert pixel(page, (round(300 * dots), round(150 * dots))) == WHITE


def test_that_a_small_page_is_not_blown_up() -> None:
    with open_document(printed_pdf(["card"], size=(252, 252))) as document:
        assert document.page_size(0) == (1050, 1050), "300 dots per inch"


@pytest.mark.parametrize("size", [(14400, 3), (3, 14400)])
def test_that_a_page_of_an_absurd_shape_can_be_drawn(size: tuple[int, int]) -> None:
    with open_document(printed_pdf(["x"], size=size)) as document:
        page = document.render(0)
        assert page.size == document.page_size(0)
        assert min(page.size) >= 1
        assert page.width * page.height <= PAGE_PIXELS


def test_that_a_region_is_drawn_anew_at_its_place(report: Path) -> None:
    with open_document(report) as document:
        dots = document.page_size(0)[0] / 595
        left, top = round(100 * dots) - 10, round(100 * dots) - 20
        cut = document.render(0, Region(left, top, left + 60, top + 60), scale=4.0)
    assert cut.size == (240, 240)
    # The square's corner, to a pixel of the enlarged cut.
    assert pixel(cut, (44, 84)) == BLACK
    assert pixel(cut, (36, 84)) == WHITE
    assert pixel(cut, (44, 76)) == WHITE


def test_that_a_region_never_has_more_pixels_than_wanted(report: Path) -> None:
    with open_document(report) as document:
        cut = document.render(0, Region(0, 0, 1000, 1000), scale=8, most_pixels=90_000)
    assert cut.size == (300, 300)


def test_that_the_text_layer_is_read_in_its_characters(report: Path) -> None:
    with open_document(report) as document:
        assert document.text(3) == "This is page number 4 of the report"
    with open_document(FIXTURES / "reportlab.pdf") as document:
        assert document.text(0).split("\n") == ["Report, page 1", "合同 第1页"]


@pytest.mark.parametrize("producer", ["chromium", "libreoffice"])
def test_that_what_browsers_and_offices_print_is_read(producer: str) -> None:
    with open_document(FIXTURES / f"{producer}.pdf") as document:
        assert document.page_count == 3
        texts = [document.text(page) for page in range(3)]
        page = document.render(0)
    assert texts[0].split("\n") == ["Ferry report", "Total of page one: EUR 12.40 合计"]
    assert texts[1].split("\n") == ["Second page", "The harbour fee is EUR 3.10."]
    assert texts[2].startswith("Third page")
    assert min(page.convert("L").tobytes()) < 60, "there is ink on it"


def test_that_a_scan_has_no_text() -> None:
    with open_document(scanned_pdf([scan("One"), scan("Two")])) as document:
        assert [document.text(page) for page in range(2)] == ["", ""]


def test_that_a_text_layer_of_noise_counts_as_none() -> None:
    with open_document(with_text_layer("\ue000\ue001\ue002 \ufffd\ufffd a")) as document:
        assert document.text(0) == ""
    with open_document(with_text_layer("Total € 12,40 — 合计")) as document:
        assert document.text(0) == "Total € 12,40 — 合计"


def test_that_a_turned_page_is_upright_and_a_filled_form_is_filled() -> None:
    with open_document(FIXTURES / "reportlab.pdf") as document:
        width, height = document.page_size(0)
        assert document.page_size(2) == (width, height), "its box lies on its side"
        dots = width / 595.2756
        # Within the field on page 2, left of nothing but the words that were typed in.
        field = (72, 842 - 630, 272, 842 - 600)
        box = document.render(1).crop(tuple(round(side * dots) for side in field))  # type: ignore[arg-type]
        middle = box.crop((30, 20, 300, 66)).convert("L")
        assert min(middle.tobytes()) < 100, "the typed words are drawn"


def test_that_a_broken_table_of_objects_is_repaired() -> None:
    broken = without_xref(printed_pdf(numbered(3)))
    with open_document(broken) as document:
        assert document.page_count == 3
        assert document.text(2) == "This is page number 3 of the report"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7\n", ErrorCode.DOCUMENT_DAMAGED),
        (b"%PDF-1.7\n" + b"nonsense " * 900, ErrorCode.DOCUMENT_DAMAGED),
        (printed_pdf([]), ErrorCode.DOCUMENT_WITHOUT_PAGES),
        (b"II*\0\x08\0\0\0\xff\xff", ErrorCode.DOCUMENT_DAMAGED),
        (b"", ErrorCode.FILE_EMPTY),
        (b"Dear diary", ErrorCode.FILE_NOT_PICTURE),
    ],
)
def test_that_what_is_no_document_is_refused_by_what_it_is(content: bytes, code: ErrorCode) -> None:
    error = refusal(content)
    assert error.code is code
    assert error.message[-1] == "."


def test_that_a_protected_document_asks_for_its_password() -> None:
    locked = FIXTURES / "locked.pdf"
    assert refusal(locked).code is ErrorCode.DOCUMENT_LOCKED
    assert refusal(locked).details == {"name": "locked.pdf"}
    assert refusal(locked, "sesame").code is ErrorCode.DOCUMENT_PASSWORD_WRONG
    assert refusal(locked, "").code is ErrorCode.DOCUMENT_PASSWORD_WRONG
    with open_document(locked, "opensesame") as document:
        assert document.text(1).startswith("Report, page 2")


def test_that_the_file_may_be_deleted_while_it_is_open(report: Path) -> None:
    with open_document(report) as document:
        report.unlink()
        assert document.render(4).size == document.page_size(4)


def test_that_a_closed_document_says_so(report: Path) -> None:
    document = open_document(report)
    document.close()
    document.close()
    with pytest.raises(DocumentError):
        document.render(0)
    with pytest.raises(DocumentError):
        document.sha256()


def test_that_one_damaged_page_does_not_spoil_the_others(
    tmp_path: Path, store: AttachmentStore
) -> None:
    content = printed_pdf(numbered(3)).replace(
        b"6 0 obj\n<< /Type /Page ", b"6 0 obj\n<<<(/Type /Pa"
    )
    path = tmp_path / "spoilt.pdf"
    path.write_bytes(content)
    with open_document(path) as document:
        assert document.page_count == 3
        with pytest.raises(DocumentError) as caught:
            take_page(document, 1, store)
        assert caught.value.details == {"name": "spoilt.pdf", "page": "2"}
        assert take_page(document, 2, store).text == "This is page number 3 of the report"


def test_that_a_page_that_is_not_there_is_a_mistake(report: Path) -> None:
    with open_document(report) as document, pytest.raises(IndexError):
        document.render(5)


def test_that_a_fax_has_pages(tmp_path: Path) -> None:
    path = fax(tmp_path / "fax.tif", ["One", "Two", "Three"])
    with open_document(path) as document:
        assert document.page_count == 3
        assert document.page_size(1) == (1240, 1754)
        pages = [document.render(n) for n in range(3)]
        cut = document.render(2, Region(90, 90, 290, 190))
        half = document.render(2, Region(90, 90, 290, 190), scale=0.5)
        thumb = document.render(2, most_pixels=10_000)
    assert {page.size for page in pages} == {(1240, 1754)}
    assert len({page.tobytes() for page in pages}) == 3
    assert cut.tobytes() == pages[2].crop((90, 90, 290, 190)).tobytes()
    assert half.size == (100, 50)
    assert thumb.width * thumb.height <= 10_000


def test_that_a_turned_tiff_page_is_measured_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.tif"
    quarters(96, 64).save(path, tiffinfo={274: 6})
    with open_document(path) as document:
        assert document.page_size(0) == (64, 96)
        assert document.render(0).size == (64, 96)


def test_that_a_taken_page_knows_its_document(report: Path, store: AttachmentStore) -> None:
    with open_document(report) as document:
        third = take_page(document, 2, store)
        plain = take_page(document, 2, store, is_text_wanted=False)
        first = take_page(document, 0, store)
        width, height = document.page_size(2)
    assert (third.page, third.page_count, third.source_name) == (2, 5, "年度 报告.pdf")
    assert third.text == "This is page number 3 of the report"
    assert plain.text == ""
    assert (third.width, third.height, third.media_type) == (width, height, "application/pdf")
    assert first.sha256 == third.sha256
    assert first.path != third.path
    original = store.original_path(third.sha256)
    assert original is not None
    assert original.suffix == ".pdf"
    assert original.read_bytes() == report.read_bytes()
    with Image.open(third.path) as page:
        assert (page.size, page.mode) == ((width, height), "RGB")


def test_that_a_kept_page_is_not_rendered_again(
    report: Path, store: AttachmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_document(report) as document:
        first = take_page(document, 1, store)
        monkeypatch.setattr(type(document), "render", lambda *_: pytest.fail("rendered again"))
        assert take_page(document, 1, store) == first


def test_that_a_document_that_changed_on_the_way_is_not_kept(
    report: Path, store: AttachmentStore
) -> None:
    with open_document(report) as document:
        sha256 = document.sha256()
        with report.open("r+b") as stream:
            stream.seek(-20, 2)
            stream.write(b" ")
        with pytest.raises(DocumentError) as caught:
            take_page(document, 0, store)
    assert caught.value.code is ErrorCode.DOCUMENT_DAMAGED
    assert store.original_path(sha256) is None


def test_that_a_single_page_comes_as_a_picture_and_several_as_a_document(
    report: Path, tmp_path: Path, store: AttachmentStore
) -> None:
    single = take_file(printed_pdf(["Only one"]), store, source_name="one.pdf")
    assert not isinstance(single, Document)
    assert (single.page_count, single.text, single.source_name) == (1, "Only one", "one.pdf")
    several = take_file(report, store)
    assert isinstance(several, Document)
    several.close()
    alone = take_file(fax(tmp_path / "one.tif", ["One"]), store)
    assert not isinstance(alone, Document)
    assert alone.media_type == "image/tiff"
    photo = tmp_path / "photo.png"
    quarters().save(photo)
    picture = take_file(photo, store)
    assert not isinstance(picture, Document)
    assert picture.media_type == "image/png"


def test_that_documents_may_be_used_by_several_threads(report: Path) -> None:
    failures: list[Exception] = []

    def work(document: Document, page: int) -> None:
        try:
            for _ in range(5):
                assert document.render(page, most_pixels=40_000).width > 10
                assert document.text(page).startswith(f"This is page number {page + 1}")
        except Exception as error:  # noqa: BLE001  # told to the test's own thread
            failures.append(error)

    with open_document(report) as one, open_document(report) as other:
        threads = [
            threading.Thread(target=work, args=(document, page))
            for document in (one, other)
            for page in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
