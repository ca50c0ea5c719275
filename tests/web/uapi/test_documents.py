"""The documents of a fax: the very pages, as TIFF, PDF and PNG, for those who may see the fax, once they are made."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it has no stubs
import pytest
from PIL import Image

from tests.desk import Desk, give_pages
from tests.faxes import read_pages
from tests.kept import kept
from tests.world import World, a_world
from unifax.documents.pages import read_page
from unifax.model.outcome import Outcome

SENT, RECEIVED = "/uapi/faxes/@me/0003*210/1", "/uapi/inbox/@me/0003*211/1"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Bob has sent Beth two pages."""
    with a_world(tmp_path_factory.mktemp("held")) as world:
        desk = Desk(world)
        desk.finish(desk.send("0003*211"))
        give_pages(world)
        yield world


def document_of(world: World) -> tuple[str, Path]:
    document = world.column("SELECT document FROM faxes")[0]
    assert isinstance(document, str)
    return document, kept(world.folder, document)


@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_the_tiff_is_handed_out_as_it_is_kept(held: World, of: str) -> None:
    document, file = document_of(held)
    answer = held.ask("GET", f"{of}/document.tif", held.alice)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/tiff")
    assert answer.content == file.read_bytes()
    assert answer.headers["etag"] == f'"{document}"'
    again = held.ask("GET", f"{of}/document.tif", held.alice, headers={"If-None-Match": f'"{document}"'})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_a_small_page_is_grey_and_has_the_true_shape(held: World, of: str) -> None:
    _, file = document_of(held)
    answer = held.ask("GET", f"{of}/thumbnails/2.png", held.alice)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    page = read_page(file, 2)
    with Image.open(BytesIO(answer.content)) as image:
        assert (image.mode, image.width) == ("L", 200)
        assert image.height == pytest.approx(200 * (page.rows / page.y_dpi) / (page.width / page.x_dpi), abs=1)
    tag = answer.headers["etag"]
    assert tag != held.ask("GET", f"{of}/pages/2.png", held.alice).headers["etag"]
    assert held.ask("GET", f"{of}/thumbnails/2.png", held.alice, headers={"If-None-Match": tag}).status_code == 304
    assert held.ask("GET", f"{of}/thumbnails/3.png", held.alice).status_code == 404


@pytest.mark.parametrize(("of", "name"), [(SENT, "fax-1.pdf"), (RECEIVED, "received-1.pdf")])
def test_the_pdf_shows_the_pages(held: World, of: str, name: str) -> None:
    _, file = document_of(held)
    answer = held.ask("GET", f"{of}/document.pdf", held.alice)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    with pypdfium2.PdfDocument(answer.content) as opened:
        for page, white in zip(opened, read_pages(file), strict=True):
            (image,) = page.get_objects()
            assert np.array_equal(np.asarray(image.get_bitmap().to_pil().convert("L")) > 127, white)
    part = held.ask("GET", f"{of}/document.pdf", held.alice, headers={"Range": "bytes=100-70000"})
    assert (part.status_code, part.content) == (206, answer.content[100:70001])


@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_each_page_is_handed_out_as_a_picture(held: World, of: str) -> None:
    _, file = document_of(held)
    tags = set()
    for number, white in enumerate(read_pages(file), 1):
        answer = held.ask("GET", f"{of}/pages/{number}.png", held.alice)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert np.array_equal(np.asarray(Image.open(BytesIO(answer.content))), white)
        tags.add(answer.headers["etag"])
    assert len(tags) == 2


@pytest.mark.parametrize("page", ["0", "3", "-1", "01", "x", "9" * 30])
def test_a_page_that_is_not_there_is_not_found(held: World, page: str) -> None:
    answer = held.ask("GET", f"{SENT}/pages/{page}.png", held.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("what", ["document.tif", "document.pdf", "pages/1.png"])
def test_pages_are_handed_out_when_they_are_made(world: World, what: str) -> None:
    desk = Desk(world)
    desk.send("0003*211")
    answer = world.ask("GET", f"{SENT}/{what}", world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "document_not_ready")
    world.execute(f"UPDATE deliveries SET state = 'failed', outcome = '{Outcome.DOCUMENT}'")
    answer = world.ask("GET", f"{SENT}/{what}", world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
