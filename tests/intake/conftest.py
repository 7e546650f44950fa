"""A real store in a temporary folder, and what the intake tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.intake.pictures import PageOf, Take


@pytest.fixture
def store(tmp_path: Path) -> AttachmentStore:
    return AttachmentStore(tmp_path / "attachments")


@pytest.fixture
def take(store: AttachmentStore) -> Take:
    return lambda source: take_picture(source, store)


@pytest.fixture
def page_of(take: Take) -> PageOf:
    """Takes a picture in and opens its page, as an engine would."""

    def page(source: Path | bytes) -> Image.Image:
        with Image.open(take(source).path) as picture:
            picture.load()
        assert (picture.mode, picture.format) == ("RGB", "PNG")
        assert not picture.info.keys() & {"icc_profile", "transparency", "exif"}
        return picture

    return page
