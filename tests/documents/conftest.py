"""One converter for all tests of documents: it takes no harm from any of them, which is what they are about."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unifax.documents import pdf
from unifax.documents.convert import Converter, Header
from unifax.documents.pages import Page, read_pages
from unifax.documents.typeset import FONT_FOLDERS, Typesetter

HEADER = Header("Alice", "+1 555 0100", datetime(2026, 3, 29, 14, 5, tzinfo=timezone(timedelta(hours=2))))


@pytest.fixture(scope="session")
def converter() -> Iterator[Converter]:
    with Converter() as converter:
        yield converter


@pytest.fixture(scope="session")
def pdfium() -> None:
    """Pdfium in this process: for what we write ourselves and no stranger does."""
    pdf.start([folder for folder in FONT_FOLDERS if folder.is_dir()])


@pytest.fixture(scope="session")
def typesetter(pdfium: None) -> Typesetter:
    """Typst in this process, and pdfium to draw what it sets."""
    return Typesetter()


@pytest.fixture
def header() -> Header:
    return HEADER


Draw = Callable[..., list[NDArray[np.bool_]]]


@pytest.fixture
def draw(converter: Converter, tmp_path: Path) -> Draw:
    """Render files and return their pages as arrays, True is black."""

    def drawn(*files: bytes, header: Header = HEADER) -> list[NDArray[np.bool_]]:
        named = []
        for index, data in enumerate(files):
            path = tmp_path / f"{index}"
            path.write_bytes(data)
            named.append((path, path.name))
        pages = converter.render(named, tmp_path / "out.tif", header)
        found = [black(page) for page in read_pages(tmp_path / "out.tif")]
        assert len(found) == len(pages)
        return found

    return drawn


def black(page: Page) -> NDArray[np.bool_]:
    rows = np.frombuffer(page.bits, np.uint8).reshape(page.rows, -1)
    return np.unpackbits(rows, axis=1)[:, : page.width].astype(np.bool_)
