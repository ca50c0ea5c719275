"""The client: what it asks, what it makes of answers, and its sentences for what goes wrong."""

import socket
from pathlib import Path

import pytest

from tests.answering import answering
from unifax.client import ApiError, Client
from unifax.model.fax import DeliveryState, FaxState
from unifax.model.outcome import Outcome

FAX = b"""{"id": "7", "uid": "u", "extension": "0003*210", "state": "Partially Sent", "pages": 2, "document": "abc",
"acceptedAt": "2026-02-03T04:05:06Z", "files": [{"name": "a.txt"}], "somethingNew": {"of": "a later version"},
"recipients": [
  {"number": "7778888", "state": "sent", "pagesConfirmed": 2,
   "reason": {"code": "sent", "text": "all", "fault": "nobody"},
   "calls": [{"number": 1, "t38At": "2026-02-03T04:05:07Z", "outcome": "sent", "pagesConfirmed": 2, "callId": "x"}]},
  {"number": "7778801", "state": "failed", "pagesConfirmed": 0,
   "reason": {"code": "busy", "text": "the number is busy", "fault": "callee"}, "calls": []}]}"""


def test_files_and_recipients_go_out_as_the_api_wants_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"This is my fax")
    with answering((200, b'{"id":"7","uid":"u"}')) as service, Client(service.url, "t0ken", "0003*210") as client:
        accepted = client.send([tmp_path / "a.txt", tmp_path / "a.txt"], ["7778888", "+49 30 1"])
    assert (accepted.id, accepted.uid) == ("7", "u")
    assert service.asked == ["POST /uapi/faxes/@me/0003*210"]
    assert service.authorizations == ["Bearer t0ken"]
    assert service.bodies[0].count(b'name="files"; filename="a.txt"') == 2
    assert b'{"recipients": ["7778888", "+49 30 1"]}' in service.bodies[0]


def test_a_fax_is_read_with_all_that_a_person_wants_to_know() -> None:
    with answering((200, FAX)) as service, Client(service.url, "t", "210") as client:
        fax = client.fax("7")
    assert (fax.state, fax.pages, fax.is_open) == (FaxState.PARTIALLY_SENT, 2, False)
    assert [recipient.state for recipient in fax.recipients] == [DeliveryState.SENT, DeliveryState.FAILED]
    assert fax.recipients[1].reason is not None
    assert fax.recipients[1].reason.code is Outcome.BUSY
    assert fax.recipients[0].calls[0].t38_at is not None


def test_a_fax_is_watched_to_its_end_over_a_service_that_is_away_for_a_moment() -> None:
    calling = FAX.replace(b'"state": "failed"', b'"state": "calling"')
    with (
        answering((200, calling), (0, b""), (0, b""), (200, FAX)) as service,
        Client(service.url, "t", "210") as client,
    ):
        seen = [fax.is_open for fax in client.watch("7")]
    assert seen == [True, False]
    assert len(service.asked) == 4


def test_what_a_person_types_stays_in_its_place_of_the_address() -> None:
    with answering((200, FAX)) as service, Client(service.url, "t", "1/2?x=#y") as client:
        client.fax("../7?z")
    assert service.asked == ["GET /uapi/faxes/@me/1%2F2%3Fx%3D%23y/..%2F7%3Fz"]


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (
            400,
            b'{"error":{"code":"fx_file_invalid","message":"The file \'a\' is empty."}}',
            "The file 'a' is empty. (fx",
        ),
        (204, b"", "there is nothing to send"),
        (502, b"<html>Bad Gateway</html>", "HTTP 502, and an answer that is not understood"),
        (302, b"", "HTTP 302, and an answer that is not understood"),
        (200, b"{}", "HTTP 200, and an answer that is not understood"),
        (200, b"\xff", "HTTP 200, and an answer that is not understood"),
    ],
)
def test_an_answer_that_is_no_yes_is_one_sentence(status: int, body: bytes, sentence: str) -> None:
    with (
        answering((status, body)) as service,
        Client(service.url, "t", "210") as client,
        pytest.raises(ApiError) as refused,
    ):
        client.send_bytes(b"", "text/plain")
    assert str(refused.value).startswith(sentence)


def test_a_service_that_is_not_there_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: whoever connects is refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Client(url, "t", "210") as client, pytest.raises(ApiError, match=r"cannot be reached: .*refused"):
            client.fax("1")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1:port"])
def test_an_address_that_is_none_is_one_sentence(url: str) -> None:
    with pytest.raises(ApiError), Client(url, "t", "210") as client:
        client.fax("1")


def test_a_token_of_any_letters_is_shown_as_it_is() -> None:
    with (
        answering((401, b'{"error":{"code":"access_denied","message":"No."}}')) as service,
        Client(service.url, "סוד", "210") as client,
        pytest.raises(ApiError, match="access_denied"),
    ):
        client.fax("1")
    assert service.authorizations[0].encode("latin-1").decode() == "Bearer סוד"


def test_a_file_that_is_gone_is_the_callers_business(tmp_path: Path) -> None:
    with Client("http://127.0.0.1:1", "t", "210") as client, pytest.raises(FileNotFoundError):
        client.send([tmp_path / "gone"], ["1"])
