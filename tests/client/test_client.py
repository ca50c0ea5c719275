"""The client: what it asks, what it makes of answers, and its sentences for what goes wrong."""

import socket
from pathlib import Path

import pytest

from tests.answering import answering
from tests.client.conftest import Makes
from unifax.client import ApiError, App, ClientError, Misunderstood, Unreachable
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

ACCEPTED = (200, b'{"id":"7","uid":"u"}')
GONE = (0, b"")


def test_files_and_recipients_go_out_as_the_api_wants_them(client_at: Makes, tmp_path: Path) -> None:
    (tmp_path / 'a "b".txt').write_bytes(b"This is my fax")
    with answering(ACCEPTED) as service:
        accepted = client_at(service.url).send([tmp_path / 'a "b".txt'] * 2, ["7778888", "+49 30 1"])
    assert (accepted.id, accepted.uid) == ("7", "u")
    assert service.asked == ["POST /uapi/faxes/@me/0003*210"]
    assert service.authorizations == ["Bearer t0ken"]
    assert service.bodies[0].count(b'name="files"; filename="a %22b%22.txt"') == 2
    assert service.bodies[0].count(b"\r\n\r\nThis is my fax\r\n--") == 2
    assert b'{"recipients": ["7778888", "+49 30 1"]}' in service.bodies[0]


def test_a_send_whose_answer_is_lost_is_asked_for_again_under_the_same_key(client_at: Makes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"This is my fax")
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"
    with answering(GONE, cut, (503, b"<html>"), ACCEPTED, ACCEPTED) as service:
        client = client_at(service.url, patience_seconds=5)
        assert client.send([tmp_path / "a.txt"], ["7778888"]).id == "7"
        assert client.send([tmp_path / "a.txt"], ["7778888"]).id == "7"
    assert len({service.bodies[n] for n in range(4)}) == 1
    keys = [headers["idempotency-key"] for headers in service.headers]
    assert len(set(keys[:4])) == 1
    assert keys[4] != keys[3]


def test_a_request_still_being_answered_is_waited_for(client_at: Makes) -> None:
    busy = (409, b'{"error":{"code":"request_in_flight","message":"Wait."}}')
    with answering(busy, ACCEPTED) as service:
        assert client_at(service.url, patience_seconds=5).send_bytes(b"", "text/plain").id == "7"


def test_what_may_not_be_asked_twice_is_asked_once(client_at: Makes) -> None:
    with answering(GONE) as service:
        client = client_at(service.url, patience_seconds=5)
        with pytest.raises(Unreachable):
            client.do(client.api.change("POST", "/admin/apps", {}))
    assert len(service.asked) == 1


def test_a_fax_is_read_with_all_that_a_person_wants_to_know(client_at: Makes) -> None:
    with answering((200, FAX)) as service:
        fax = client_at(service.url).fax("7")
    assert (fax.state, fax.pages, fax.is_open) == (FaxState.PARTIALLY_SENT, 2, False)
    assert [recipient.state for recipient in fax.recipients] == [DeliveryState.SENT, DeliveryState.FAILED]
    assert fax.recipients[1].reason is not None
    assert fax.recipients[1].reason.code is Outcome.BUSY
    assert fax.recipients[0].calls[0].t38_at is not None


def test_what_a_person_types_stays_in_its_place_of_the_address(client_at: Makes) -> None:
    with answering((200, FAX)) as service:
        client_at(service.url, extension="1/2?x=#y").fax("../7?z")
    assert service.asked == ["GET /uapi/faxes/@me/1%2F2%3Fx%3D%23y/..%2F7%3Fz"]


def test_an_app_gets_itself_a_token_and_another_when_it_is_no_longer_known(client_at: Makes) -> None:
    first, second = ((200, b'{"access_token":"%s","token_type":"Bearer","expires_in":3600}' % t) for t in (b"A", b"B"))
    unknown = (401, b'{"error":{"code":"access_denied","message":"No."}}')
    with answering(first, (200, FAX), (200, FAX), unknown, second, (200, FAX)) as service:
        client = client_at(service.url, App("k~ey", "s&cret"))
        for _ in range(3):
            client.fax("7")
    assert service.asked[0] == "POST /oauth/token.php"
    assert service.bodies[0] == b"grant_type=client_credentials&client_id=k~ey&client_secret=s%26cret"
    assert [each for each in service.authorizations if each] == ["Bearer A", "Bearer A", "Bearer A", "Bearer B"]


def test_an_app_that_is_refused_is_told_so(client_at: Makes) -> None:
    with answering((401, b'{"error":"invalid_client"}')) as service, pytest.raises(ApiError) as refused:
        client_at(service.url, App("key", "secret")).fax("7")
    assert (refused.value.status, refused.value.code, refused.value.retriable) == (401, "invalid_client", False)
    assert "secret" not in str(refused.value) + repr(App("key", "secret"))


def test_a_refusal_carries_all_that_the_service_said(client_at: Makes) -> None:
    body = b'{"error":{"code":"too_many_requests","message":"Slower."}}'
    answer = b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nX-Request-Id: r1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with answering(answer + body) as service, pytest.raises(ApiError) as refused:
        client_at(service.url, patience_seconds=5).fax("7")
    error = refused.value
    assert (error.status, error.code, error.message) == (429, "too_many_requests", "Slower.")
    assert (error.request_id, error.retry_after_seconds, error.retriable) == ("r1", 7, True)
    assert len(service.asked) == 1, "7 seconds are longer than its patience"


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (
            400,
            b'{"error":{"code":"fx_file_invalid","message":"The file \'a\' is empty."}}',
            ApiError,
            "The file 'a' is empty. (fx",
        ),
        (204, b"", ApiError, "there is nothing to send"),
        (502, b"<html>Bad Gateway</html>", ApiError, "HTTP 502 from a gateway"),
        (404, b"<html>Not Found</html>", Misunderstood, "HTTP 404, and an answer that is not understood"),
        (302, b"", Misunderstood, "HTTP 302, and an answer that is not understood"),
        (200, b"{}", Misunderstood, "HTTP 200, and an answer that is not understood"),
        (200, b"\xff", Misunderstood, "HTTP 200, and an answer that is not understood"),
    ],
)
def test_an_answer_that_is_no_yes_is_one_sentence(
    client_at: Makes, status: int, body: bytes, kind: type[ClientError], sentence: str
) -> None:
    with answering((status, body)) as service, pytest.raises(kind) as refused:
        client_at(service.url).send_bytes(b"", "text/plain")
    assert str(refused.value).startswith(sentence)


def test_a_service_that_is_not_there_is_one_sentence(client_at: Makes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: whoever connects is refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable, match=r"cannot be reached: "):
            client_at(url).fax("1")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1:port", "http://"])
def test_an_address_that_is_none_is_one_sentence(client_at: Makes, url: str) -> None:
    with pytest.raises(ClientError, match="is not the address of a service"):
        client_at(url)


def test_a_token_of_any_letters_is_shown_as_it_is(client_at: Makes) -> None:
    refused = (401, b'{"error":{"code":"access_denied","message":"No."}}')
    with answering(refused) as service, pytest.raises(ApiError, match="access_denied"):
        client_at(service.url, "סוד").fax("1")
    assert service.authorizations[0].encode("latin-1").decode() == "Bearer סוד"


def test_a_file_that_is_gone_is_the_callers_business(client_at: Makes, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client_at("http://127.0.0.1:1").send([tmp_path / "gone"], ["1"])
