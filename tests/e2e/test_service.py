"""The running service: its command line, its sandbox, and what it survives."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.running import Running, ended, in_order, running, send_example, unifax, until
from tests.faxes import dense_page, write_fax
from tests.kept import kept
from unifax.client import Recipient
from unifax.documents.pages import same_pages
from unifax.model.fax import DeliveryState, FaxState

IMPATIENT = {
    "UNIFAX_RETRY__CALLS": "4",
    "UNIFAX_RETRY__BUSY_SECONDS": "0.1",
    "UNIFAX_RETRY__NO_ANSWER_SECONDS": "0.1",
    "UNIFAX_RETRY__DROPPED_SECONDS": "0.1",
    "UNIFAX_RETRY__PROTOCOL_SECONDS": "0.1",
    "UNIFAX_LINE__RING_SECONDS": "5",
    "UNIFAX_FAX__MAX_RECIPIENTS": "20",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("service") / "data", IMPATIENT) as started:
        yield started


def test_a_fax_can_be_sent_and_watched_from_the_shell(service: Running, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader,\n\nthis came by telephone.\n")
    environment = {"UNIFAX_URL": service.url, "UNIFAX_TOKEN": service.token}
    run = unifax("send", str(letter), "--to", "7778888", "--wait", environment=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Sent, 1 page\n" in run.stdout
    fax_id = re.search(r"id (\d+)", run.stdout)
    assert fax_id is not None
    status = unifax("status", fax_id[1], environment=environment)
    assert "7778888: sent, 1 page confirmed" in status.stdout
    until(lambda: unifax("transcript", fax_id[1], environment=environment).returncode == 0, 30, "it is kept")
    told = unifax("transcript", fax_id[1], environment=environment).stdout
    assert in_order(told, ["INVITE sip:7778888@", "200 OK", "DIS: ", "DCS: ", "MCF: the page was received", "BYE sip:"])


def test_a_wrong_token_is_one_clear_line(service: Running, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    run = unifax(
        "send",
        str(tmp_path / "a.txt"),
        "--to",
        "7778888",
        environment={"UNIFAX_URL": service.url, "UNIFAX_TOKEN": "no"},
    )
    assert run.returncode == 1
    assert "access_denied" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.timeout(300)
def test_every_number_of_the_sandbox_ends_as_its_documentation_says(service: Running, tmp_path: Path) -> None:
    table = re.findall(r"^\| `(\d+)` \|[^|]*\| (sent|failed|uncertain)[^|`]*(?:`(\w+)`)?", SANDBOX.read_text(), re.M)
    assert len(table) == 16
    document = write_fax(tmp_path / "two.tif", [dense_page(1, rows=100), dense_page(2, rows=100)])
    with service.client() as client:
        fax = ended(client, client.send([document], [number for number, _, _ in table]).id, 240)
    states = {recipient.number: recipient for recipient in fax.recipients}
    found = [(number, states[number].state.value, reason and _reason(states[number])) for number, _, reason in table]
    assert found == [(number, state, reason or "") for number, state, reason in table]
    assert states["7778807"].pages_confirmed == 2
    assert len(states["7778807"].calls) == 2


SANDBOX = Path("docs/sandbox.md")


def test_a_machine_that_cannot_take_the_best_is_called_in_other_manners_and_the_next_fax_begins_with_what_worked(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    letter = write_fax(tmp_path / "one.tif", [dense_page(1, rows=100)])
    with running(tmp_path / "data", IMPATIENT) as service, service.client() as client:
        first = ended(client, client.send([letter], ["7778814"]).id)
        tried = [call.manner for call in first.recipients[0].calls]
        assert [(each.t38, each.modem) for each in tried if each] == [(True, "v17"), (False, "v17"), (True, "v29")]
        assert first.state is FaxState.SENT
        second = ended(client, client.send([letter], ["7778814"]).id)
        assert [call.manner for call in second.recipients[0].calls] == tried[-1:]
        shown = unifax("destination", "--data", str(service.data), "--url", service.url, "show", "7778814")
        assert "sandbox  t38 ecm v29" in shown.stdout, shown.stderr


@pytest.mark.parametrize("role", ["web", "prepare", "line", "machine"])
def test_a_killed_process_costs_no_fax(role: str, service: Running) -> None:
    with service.client() as client:
        faxes = [send_example(client) for _ in range(3)]
        (victim,) = service.processes(role)
        victim.kill()
        until(lambda: victim.pid not in _pids(service, role) and len(_pids(service, role)) == 1, 30, "a new one")
        until(lambda: _answers(service), 30, "the service answers")
        for fax_id in faxes:
            fax = ended(client, fax_id)
            assert fax.state in {FaxState.SENT, FaxState.UNCERTAIN}


def test_everything_killed_at_once_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, IMPATIENT) as first:
        with first.client() as client:
            faxes = [send_example(client) for _ in range(5)]
            until(lambda: any(client.fax(fax).recipients[0].calls for fax in faxes), 30, "a call is up")
        first.kill()
    with running(data, IMPATIENT, token=first.token) as second, second.client() as client:
        for fax_id in faxes:
            fax = ended(client, fax_id)
            (recipient,) = fax.recipients
            assert recipient.state in {DeliveryState.SENT, DeliveryState.UNCERTAIN}
            if recipient.state is DeliveryState.SENT:
                assert fax.document is not None
                sent = kept(data, fax.document)
                (last,) = [call for call in recipient.calls if call.pages_confirmed]
                assert same_pages(sent, data / "sandbox" / "7778888" / f"{last.call_id}.tif") is None


def test_a_second_service_is_kept_out_of_the_folder(service: Running) -> None:
    run = unifax("serve", "--data", str(service.data), "--listen", "127.0.0.1:0")
    assert run.returncode == 1
    assert run.stderr == f"unifax: another service is at work in {service.data}\n"


def _pids(service: Running, role: str) -> list[int]:
    return [process.pid for process in service.processes(role)]


def _reason(recipient: Recipient) -> str | None:
    return recipient.reason.code.value if recipient.reason else None


def _answers(service: Running) -> bool:
    try:
        return httpx.get(f"{service.url}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_a_call_that_is_up_is_hung_up_when_its_sender_cancels_it(service: Running, tmp_path: Path) -> None:
    document = tmp_path / "long.tif"
    write_fax(document, [dense_page(1)] * 3)
    with service.client() as client:
        fax_id = client.send([document], ["7778812"]).id
        until(lambda: any(call.t38_at for call in client.fax(fax_id).recipients[0].calls), 30, "the fax begins")
        answer = httpx.post(
            f"{service.url}/uapi/faxes/@me/0003*210/{fax_id}/cancel",
            headers={"Authorization": f"Bearer {service.token}"},
        )
        assert (answer.status_code, answer.json()["recipients"][0]["cancelling"]) == (200, True)
        fax = ended(client, fax_id, 20)
        assert (fax.state, fax.recipients[0].state) == (FaxState.CANCELLED, DeliveryState.CANCELLED)
        assert fax.recipients[0].calls[-1].outcome == "cancelled"
