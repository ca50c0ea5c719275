"""The verbs about faxes sent, against the site on loopback; and how they end."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.answering import answering
from tests.asking import command
from tests.cli.test_cli import SECRET, asked
from tests.client.test_client import FAX
from tests.desk import Desk, FarEnd, ends, give_pages
from tests.world import NOW, World
from unifax.client import ApiError
from unifax.model.call import CallOrder, CallReport, Record
from unifax.model.outcome import Outcome, outcome_of_refusal
from unifax.model.transcript import Entry, Layer, Way


@pytest.fixture
def letter(tmp_path: Path) -> str:
    (tmp_path / "letter.txt").write_text("Dear reader")
    return str(tmp_path / "letter.txt")


@pytest.fixture
def sent(world: World) -> World:
    """Bob has sent one fax to Beth, and one to a number that is busy."""
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    desk.far_ends["7778801"] = [ends(Outcome.NO_SUCH_NUMBER)]
    desk.finish(desk.send("7778801"))
    return world


def test_a_fax_is_sent_with_all_its_terms_and_under_a_key(world: World, letter: str) -> None:
    verb = ["send", letter, letter, "--to", "7778888", "--to", "211", "--priority", "low", "--idempotency-key", "k1"]
    verb += ["--send-after", f"{NOW:%Y-%m-%dT%H}:30Z", "--give-up-at", "2026-02-04T00:00:00+00:00"]
    for _ in range(2):
        assert command(world, world.bob, *verb) == (0, f"accepted: id 1, uid {1:032x}\n")
    status, said = command(world, world.bob, "status", "1", "--json")
    fax = json.loads(said)
    assert status == 0
    assert [recipient["number"] for recipient in fax["recipients"]] == ["7778888", "0003*211"]
    assert (len(fax["files"]), fax["priority"]) == (2, "low")
    assert (fax["sendAfter"], fax["giveUpAt"]) == ("2026-02-03T04:30:00Z", "2026-02-04T00:00:00Z")


def test_a_fax_is_sent_with_all_that_is_asked_of_its_pages(world: World, letter: str) -> None:
    verb = ["send", letter, "--to", "7778888", "--resolution", "300", "--treatment", "text", "--charset", "utf-8"]
    verb += ["--page", "1=photo", "--cover", "to=Ann = Bob", "--cover", "urgent"]
    assert command(world, world.bob, *verb)[0] == 0
    asked = json.loads(command(world, world.bob, "status", "1", "--json")[1])["paper"]
    cover = asked.pop("cover")
    assert asked == {
        "resolution": "300",
        "treatment": "text",
        "charset": "utf-8",
        "pages": {"1": {"treatment": "photo"}},
    }
    assert (cover["to"], cover["urgent"]) == ("Ann = Bob", True)


def test_a_cover_page_is_sent_alone_and_sent_again(world: World) -> None:
    verb = ["send", "--to", "7778888"]
    assert command(world, world.bob, *verb)[0] == 2
    assert command(world, world.bob, *verb, "--cover", "to=Ann")[0] == 0
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.NO_SUCH_NUMBER)]
    desk.finish(1)
    assert command(world, world.bob, "resend", "1")[0] == 0


@pytest.mark.parametrize("option", [("--page", "photo"), ("--page", "1=dots"), ("--resolution", "best")])
def test_what_is_asked_wrongly_of_pages_is_said_before_anything_is_sent(
    world: World, letter: str, option: tuple[str, str]
) -> None:
    assert command(world, world.bob, "send", letter, "--to", "7778888", *option)[0] == 2
    assert world.faxes() == 0


def test_a_fax_is_seen_before_it_is_sent(world: World, letter: str, tmp_path: Path) -> None:
    out = tmp_path / "pages"
    status, said = command(world, world.bob, "preview", letter, letter, "--to", "7778888", "--out", str(out))
    assert status == 0
    table = said.splitlines()
    assert table[0].split() == ["page", "file", "resolution", "treatment", "KB", "seconds", "warnings"]
    assert [line.split()[:4] for line in table[1:3]] == [[n, "letter.txt", "fine", "text"] for n in ("1", "2")]
    assert table[3].startswith("a call of about 0:25 minutes at 14,400 bit/s")
    for name in ("page-001.png", "page-002.png"):
        with Image.open(out / name) as image:
            assert image.size == (1728, 60)
    status, said = command(world, world.bob, "preview", letter, "--json")
    assert (status, "png" in said) == (0, False)
    assert [page["file"] for page in json.loads(said)["pages"]] == ["letter.txt"]
    assert world.nothing_is_left()


def test_templates_of_cover_pages_are_listed(world: World) -> None:
    said = "templates  plain letterhead\nlanguages  en de es fr he ar\n"
    assert command(world, world.bob, "covers") == (0, said)
    status, listed = command(world, world.bob, "covers", "--json")
    assert (status, json.loads(listed)["templates"]) == (0, ["plain", "letterhead"])


def test_an_app_may_show_its_key_and_secret(world: World, letter: str) -> None:
    environment = {"UNIFAX_TOKEN": "", "UNIFAX_KEY": "key-bob", "UNIFAX_SECRET": "secret-bob"}
    status, said = command(world, world.bob, "send", letter, "--to", "7778888", "--json", **environment)
    assert (status, json.loads(said)) == (0, {"id": "1", "uid": f"{1:032x}"})


def test_what_became_of_an_uncertain_fax_is_said_by_its_sender(sent: World) -> None:
    sent.execute("UPDATE deliveries SET state = 'waiting', next_call_at = '2026', outcome = NULL WHERE fax_id = 2")
    uncertain = "state = 'uncertain', next_call_at = NULL, outcome = 'uncertain', decision = 'wanted'"
    sent.execute(f"UPDATE deliveries SET {uncertain} WHERE fax_id = 2")
    status, said = command(sent, sent.bob, "list", "--undecided", "--json")
    assert (status, [fax["id"] for fax in json.loads(said)]) == (0, ["2"])
    status, said = command(sent, sent.bob, "decide", "2", "not-arrived")
    assert status == 0
    assert "7778801: uncertain" in said
    assert "decision: not arrived" in said
    assert command(sent, sent.bob, "list", "--undecided") == (0, "none\n")
    with pytest.raises(ApiError, match="too_late"):
        command(sent, sent.bob, "decide", "1", "arrived")
    status, _ = command(sent, sent.bob, "list", "--undecided", "--state", "Sent")
    assert status == 2


def test_faxes_are_listed_as_a_table_or_as_json(sent: World) -> None:
    status, said = command(sent, sent.bob, "list", TZ="UTC")
    assert status == 0
    assert said.splitlines() == [
        "id  accepted             pages  state        recipients",
        f"2   {NOW.astimezone():%Y-%m-%d %H:%M:%S}  3      Send Failed  7778801 failed",
        f"1   {NOW.astimezone():%Y-%m-%d %H:%M:%S}  3      Sent         0003*211 sent",
    ]
    assert command(sent, sent.bob, "list", "--state", "Uncertain") == (0, "none\n")
    _, said = command(sent, sent.bob, "list", "--state", "Sent", "--json")
    assert [fax["id"] for fax in json.loads(said)] == ["1"]
    _, said = command(sent, sent.bob, "list", "--limit", "1", "--json")
    assert [fax["id"] for fax in json.loads(said)] == ["2"]


def test_a_fax_is_cancelled_and_sent_again(world: World) -> None:
    desk = Desk(world)
    desk.send("7778888")
    assert command(world, world.bob, "cancel", "1")[1].splitlines()[1].strip().startswith("7778888: cancelled")
    assert "7778888: preparing" in command(world, world.bob, "resend", "1", "--to", "7778888")[1]
    desk.far_ends["7778888"] = [ends(Outcome.SENT, pages=3)]
    desk.finish(1)
    with pytest.raises(ApiError, match="too_late"):
        command(world, world.bob, "cancel", "1")


def test_pages_are_saved_under_the_name_that_is_wanted(
    sent: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_pages(sent)
    monkeypatch.chdir(tmp_path)
    assert command(sent, sent.bob, "document", "1") == (0, "fax-1.pdf\n")
    for name, begin in (("fax-1.pdf", b"%PDF-"), ("a.tif", b"II"), ("b.png", b"\x89PNG")):
        assert command(sent, sent.bob, "document", "1", "-o", name)[0] == 0
        assert Path(name).read_bytes().startswith(begin)
    with pytest.raises(ApiError, match="not_found"):
        command(sent, sent.bob, "document", "1", "-o", "c.png", "--page", "9")
    assert not list(tmp_path.glob("*c.png*"))


def test_a_call_shows_what_happened_in_it_and_the_last_one_when_none_is_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(world)
    desk.far_ends["7778801"] = [recorded("486 Busy Here"), recorded("404 Not Found")]
    desk.finish(desk.send("7778801"))
    _, said = command(world, world.bob, "transcript", "1")
    assert said.startswith("Call 2, begun ")
    assert said.endswith("\n1.000 < 404 Not Found\n")
    assert "< 486 Busy Here" in command(world, world.bob, "transcript", "1", "1", "1")[1]
    _, said = command(world, world.bob, "transcript", "1", "1", "2", "--json")
    told = json.loads(said)
    assert (told["call"]["number"], told["entries"]) == (
        2,
        [{"at": 1.0, "layer": "sip", "way": "in", "text": "404 Not Found"}],
    )
    with pytest.raises(ApiError, match="not_found"):
        command(world, world.bob, "transcript", "1", "2")
    monkeypatch.chdir(tmp_path)
    assert command(world, world.bob, "transcript", "1", "--packets", "call.pcap.gz") == (0, "call.pcap.gz\n")
    assert Path("call.pcap.gz").read_bytes() == b"404 Not Found"


def recorded(refusal: str) -> FarEnd:
    async def far_end(order: CallOrder, record: Record) -> CallReport:
        outcome = outcome_of_refusal(int(refusal[:3]))
        told = [Entry(1.0, Layer.SIP, Way.IN, refusal)]
        return CallReport(outcome, transcript=told, packets=refusal.encode())

    return far_end


@pytest.mark.parametrize(
    ("state", "status"), [("Sent", 0), ("Partially Sent", 4), ("Send Failed", 4), ("Cancelled", 4), ("Uncertain", 5)]
)
def test_waiting_ends_as_the_fax_has_ended(letter: str, state: str, status: int) -> None:
    calling = (200, FAX.replace(b'"failed"', b'"calling"'))
    over = (200, FAX.replace(b"Partially Sent", state.encode()))
    answers = [(200, b'{"id":"7","uid":"u"}'), (404, b'{"error":{"code":"not_found","message":""}}'), calling, over]
    with answering(*answers) as service:
        ended, said = asked("send", letter, "--to", "7778888", "--wait", "--json", UNIFAX_URL=service.url, **SECRET)
    assert ended == status
    assert json.loads(said)["state"] == state


def waiting_verbs(letter: str) -> Sequence[Sequence[str]]:
    return (["send", letter, "--to", "7778888", "--wait"], ["status", "7", "--wait"], ["resend", "7", "--wait"])


@pytest.mark.parametrize("number", range(3))
def test_the_end_of_a_fax_can_be_waited_for_with_bars(letter: str, number: int) -> None:
    verb = waiting_verbs(letter)[number]
    first = [(200, FAX.replace(b'{"id"', b'{"uid":"u","id"'))][: verb[0] != "status"]
    no_events = (501, b'{"error":{"code":"request_not_implemented","message":""}}')
    with answering(*first, no_events, (200, FAX)) as service:
        ended, said = asked(*verb, UNIFAX_URL=service.url, **SECRET)
    assert ended == 4
    assert said.splitlines()[-3:] == [
        "fax 7: Partially Sent, 2 pages",
        "  7778888: sent, 2 pages confirmed, 1 call, all",
        "  7778801: failed, 0 pages confirmed, 0 calls, the number is busy",
    ]
