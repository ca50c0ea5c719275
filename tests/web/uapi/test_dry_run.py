"""A dry run shows a fax as it would be sent, and sends and keeps nothing."""

import io
import json
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.web.uapi.bodies import Given, files
from tests.world import World
from unifax.documents.convert import Converter
from unifax.documents.order import Header
from unifax.model.errors import FileInvalid, Unavailable
from unifax.model.paper import PageReport, PaperTerms, Resolution, Treatment
from unifax.service.delivery import Preparer

FAXES = "/uapi/faxes/@me/0003*210"
DRY = f"{FAXES}?dryRun=true"


def ask(world: World, path: str = DRY, given: Given | None = None, **asked: object) -> httpx.Response:
    body = {"request": json.dumps({"recipients": ["7778888"], **asked})}
    return world.ask("POST", path, world.bob, data=body, files=files(b"hi") if given is None else given)


def refused(world: World, answer: httpx.Response, status: int, code: str) -> bool:
    return (answer.status_code, answer.json()["error"]["code"], world.nothing_is_left()) == (status, code, True)


def test_each_page_is_shown_and_nothing_is_kept(world: World) -> None:
    answer = ask(world, given=files(b"hi", b"\n" * 90))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    seen = answer.json()
    assert (seen["recipients"], [page["page"] for page in seen["pages"]]) == (["7778888"], [1, 2, 3])
    assert [page["file"] for page in seen["pages"]] == ["1.txt", "2.txt", "2.txt"]
    page = seen["pages"][0]
    assert (page["resolution"], page["treatment"], page["warnings"]) == ("fine", "text", [])
    assert (page["width"], page["rows"]) == (1728, 60)
    assert page["bits"]["MH"] > page["bits"]["MR"] > page["bits"]["MMR"] > 0
    assert page["seconds"] == pytest.approx(page["bits"]["MMR"] / 14400, abs=0.06)
    bits = sum(page["bits"]["MMR"] for page in seen["pages"])
    assert seen["callSeconds"] == pytest.approx(13.6 + 3 * 5 + bits / 14400, abs=0.1)
    with Image.open(io.BytesIO(b64decode(page["png"]))) as image:
        assert (image.mode, image.size) == ("1", (1728, 60))
    assert world.nothing_is_left()
    assert world.column("SELECT count(*) FROM keys") == [0]
    assert not list((world.folder / "blobs").glob("??/*"))


def test_the_pages_are_those_that_are_really_sent(world: World) -> None:
    letter, note = Path("docs/letter.pdf").read_bytes(), "שלום, ".encode() * 40
    given = [("files", ("letter.pdf", letter, "")), ("files", ("note.txt", note, ""))]
    with Converter() as converter:
        world.render = converter.render
        seen = ask(world, given=given, pages={"1": {"treatment": "photo"}}).json()
        assert ask(world, FAXES, given, pages={"1": {"treatment": "photo"}}).status_code == 200
        preparer = Preparer(world.db, world.queue, world.blobs, converter.render, lambda: world.now)
        world.run(preparer.prepare("run", 1, 1))
    fax = world.ask("GET", f"{FAXES}/1", world.bob).json()
    assert len(seen["pages"]) == fax["pages"] == 2
    for page, report in zip(seen["pages"], fax["pageReports"], strict=True):
        sent = world.ask("GET", f"{FAXES}/1/pages/{page['page']}.png", world.bob).content
        assert b64decode(page["png"]) == sent
        assert {name: page[name] for name in report} == report


def test_what_is_asked_of_paper_reaches_the_converter(world: World) -> None:
    heard: list[tuple[Header, PaperTerms]] = []
    render = world.render

    def hear(given: Sequence[tuple[Path, str]], out: Path, header: Header, paper: PaperTerms) -> Sequence[PageReport]:
        heard.append((header, paper))
        return render(given, out, header, paper)

    world.render = hear
    assert ask(world, resolution="superfine", treatment="text").status_code == 200
    [(header, paper)] = heard
    assert (header.text, header.sent_at, header.recipient) == ("Bob", world.now, "7778888")
    assert paper == PaperTerms(Resolution.SUPERFINE, Treatment.TEXT)


def test_recipients_need_not_be_named_but_are_checked_when_they_are(world: World) -> None:
    assert ask(world, recipients=None).json()["recipients"] == []
    assert refused(world, ask(world, recipients=[]), 400, "fx_recipients_invalid")
    assert refused(world, ask(world, recipients=["0900123"]), 400, "fx_recipients_invalid")


@pytest.mark.parametrize("query", ["dryRun=", "dryRun=1", "dryRun=True", "dryrun=true", "dryRun=true&dryRun=false"])
def test_a_slip_of_the_pen_sends_no_fax(refusing: World, query: str) -> None:
    assert refused(refusing, ask(refusing, f"{FAXES}?{query}"), 400, "request_invalid")


def test_a_fax_that_is_said_to_be_no_dry_run_is_sent(world: World) -> None:
    assert ask(world, f"{FAXES}?dryRun=false").json()["id"] == "1"
    assert world.faxes() == 1


def test_what_would_be_refused_is_refused(refusing: World) -> None:
    assert refusing.ask("POST", DRY).status_code == 401
    assert ask(refusing, given=[("other", (None, b"", ""))]).status_code == 204
    assert refused(refusing, ask(refusing, given=files(b"")), 400, "fx_file_invalid")
    assert refused(refusing, ask(refusing, given=files(*[b"hi"] * 6)), 400, "fx_max_files_reached")
    assert refused(refusing, ask(refusing, resolution="best"), 400, "request_invalid")
    assert refused(refusing, ask(refusing, "/uapi/faxes/@me/0004*210?dryRun=true"), 401, "access_denied")
    announced = {"recipients": ["7778888"], "files": [{"name": "a", "size": 2, "type": "text/plain"}]}
    assert refused(refusing, refusing.ask("POST", DRY, refusing.bob, json=announced), 400, "request_invalid")


@pytest.mark.parametrize(("why", "status"), [(FileInvalid("a", "is damaged"), 400), (Unavailable("busy"), 503)])
def test_a_converter_that_fails_leaves_nothing(world: World, why: Exception, status: int) -> None:
    def fail(given: Sequence[tuple[Path, str]], out: Path, header: Header, paper: PaperTerms) -> Sequence[PageReport]:
        out.write_bytes(b"half a page")
        raise why

    world.render = fail
    assert ask(world).status_code == status
    assert world.nothing_is_left()
