"""`unifax receipt` and `unifax verify`: fetched from the site, checked without it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.asking import command
from tests.desk import PAGES, Desk, ends
from tests.faxes import text_fax
from tests.world import NOW, World
from unifax.cli import app
from unifax.documents.coarser import coarsen
from unifax.model.errors import Forged
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.model.receipt import CallSaid, FaxSaid, PageSaid, Receipt, RecipientSaid, summary_of
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.receipts import KIND
from unifax.store.hashing import sha256_of
from unifax.wire.coded_page import code_page

METRES = {Resolution.FINE: 7700, Resolution.STANDARD: 3850}


def verify(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["verify", *map(str, arguments)], env={"COLUMNS": "200"})
    if isinstance(result.exception, Forged):
        raise result.exception
    return result.exit_code, result.output


class Case:
    """A fax of two pages, its receipt, and the keys."""

    def __init__(self, folder: Path) -> None:
        self.tiff = text_fax(folder / "fax.tif", pages=2)
        self.jws, self.keys = folder / "receipt.jws", folder / "keys.json"
        self._signing = ReceiptKeys(folder / "keys")
        self.keys.write_text(json.dumps({"keys": [dict(each) for each in self._signing.public()]}))

    def sign(
        self, state: DeliveryState, sent: Path, resolution: Resolution = Resolution.FINE, coding: str = "MR"
    ) -> None:
        """Sign that two pages of a file were confirmed."""
        confirmed = 2 if state is DeliveryState.SENT else 1
        pages = tuple(self._page(sent, page, resolution, coding) for page in range(confirmed))
        said = Receipt(
            iat=int(NOW.timestamp()),
            fax=FaxSaid(id="1", uid="u", extension="0003*210", accepted_at=NOW, pages=2, document=sha256_of(self.tiff)),
            recipient=RecipientSaid(position=1, number="7778888", state=state, pages_confirmed=confirmed),
            calls=(CallSaid(number=1, started_at=NOW, pages_confirmed=confirmed, pages=pages),),
        )
        said = said.model_copy(update={"summary": summary_of(said)})
        signed = self._signing.sign(KIND, said.model_dump_json(by_alias=True, exclude_none=True).encode())
        self.jws.write_text(signed)

    def _page(self, sent: Path, page: int, resolution: Resolution, coding: str) -> PageSaid:
        coded = code_page(sent, page, coding, 0)
        assert coded is not None
        return PageSaid(
            page=page + 1,
            confirmed_at=NOW,
            answer="MCF",
            coding=coding,
            ecm=False,
            bits=coded.bits,
            sha256=coded.sha256,
            bits_per_second=14400,
            columns=coded.columns,
            rows=coded.rows,
            rows_per_metre=METRES[resolution],
            row_bits=0,
            times_sent=2,
            repeat_requests=1,
            blocks_resent=3,
        )


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


@pytest.mark.parametrize("coding", ["MH", "MR", "MMR"])
def test_with_the_document_each_page_is_proved(case: Case, coding: str) -> None:
    case.sign(DeliveryState.SENT, case.tiff, coding=coding)
    status, said = verify(case.jws, "--keys", case.keys, "--pages", case.tiff)
    assert status == 0
    assert "The signature is good." in said
    assert "confirmed 2 of 2 pages" in said
    assert "3 blocks sent again, sent 2 times" in said
    assert f"{case.tiff} is the document of this fax, octet by octet." in said
    assert "Page 1, 2 of it, coded again, is what went over the line." in said


def test_pages_that_were_made_coarser_for_the_machine_are_proved_too(case: Case, tmp_path: Path) -> None:
    coarse = tmp_path / "coarse.tif"
    assert coarsen(case.tiff, {Resolution.STANDARD}, coarse)
    case.sign(DeliveryState.SENT, coarse, Resolution.STANDARD)
    status, said = verify(case.jws, "--keys", case.keys, "--pages", case.tiff)
    assert status == 0
    assert "Page 1, 2 of it, coded again" in said


def test_other_pages_are_not_what_was_sent(case: Case, tmp_path: Path) -> None:
    case.sign(DeliveryState.SENT, case.tiff)
    other = text_fax(tmp_path / "other.tif", pages=2, rows=301)
    with pytest.raises(Forged, match=r"page 1, 2 of .* is not what went over the line"):
        verify(case.jws, "--keys", case.keys, "--pages", other)
    letter = tmp_path / "letter.txt"
    letter.write_text("no fax")
    with pytest.raises(Forged):
        verify(case.jws, "--keys", case.keys, "--pages", letter)


@pytest.mark.parametrize(("state", "status"), [(DeliveryState.UNCERTAIN, 5), (DeliveryState.FAILED, 4)])
def test_the_exit_status_says_what_is_proved(case: Case, state: DeliveryState, status: int) -> None:
    case.sign(state, case.tiff)
    assert verify(case.jws, "--keys", case.keys)[0] == status


def test_what_somebody_has_changed_is_refused(case: Case) -> None:
    case.sign(DeliveryState.FAILED, case.tiff)
    before = case.jws.read_text()
    case.sign(DeliveryState.SENT, case.tiff)
    protected, payload, _ = case.jws.read_text().split(".")
    case.jws.write_text(f"{protected}.{payload}.{before.split('.')[2]}")
    with pytest.raises(Forged, match="signature"):
        verify(case.jws, "--keys", case.keys)
    for wrong in ("{}", "[]", "no keys"):
        case.keys.write_text(wrong)
        with pytest.raises(Forged):
            verify(case.jws, "--keys", case.keys)


def test_a_receipt_is_fetched_and_checked(world: World, tmp_path: Path) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send("7778888"))
    jws, keys, flat = (str(tmp_path / name) for name in ("receipt.jws", "keys.json", "receipt.json"))
    assert command(world, world.bob, "receipt", "1", "-o", jws) == (0, f"{jws}\n")
    assert command(world, world.bob, "receipt-keys", "-o", keys) == (0, f"{keys}\n")
    status, said = verify(jws, "--keys", keys)
    assert (status, "sent. The machine that answered confirmed 3 of 3 pages." in said) == (0, True)
    address = "/uapi/faxes/@me/0003*210/1/recipients/1/receipt"
    answer = world.ask("GET", address, world.bob)
    assert (answer.headers["content-type"], answer.headers["vary"]) == ("application/jose", "Accept")
    assert answer.text + "\n" == Path(jws).read_text()
    json_answer = world.ask("GET", address, world.bob, headers={"Accept": "application/json"})
    Path(flat).write_text(json_answer.text)
    assert verify(flat, "--keys", keys) == (status, said)
    assert world.ask("GET", "/.well-known/jwks.json").json() == json.loads(Path(keys).read_text())


def test_a_new_key_signs_and_the_old_one_is_still_known(world: World) -> None:
    before = world.ask("GET", "/.well-known/jwks.json").json()["keys"]
    result = CliRunner().invoke(app, ["new-receipt-key", "--data", str(world.folder)])
    after = world.ask("GET", "/.well-known/jwks.json").json()["keys"]
    assert result.output == f"new key: {after[0]['kid']}\n"
    assert after[1:] == before
