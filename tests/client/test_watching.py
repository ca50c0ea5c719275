"""Following a fax: over events, over a service that has none, over one that is away for a moment."""

import json

from tests.answering import answering
from tests.client.conftest import Makes
from tests.client.test_client import FAX, GONE

CALLING = FAX.replace(b'"state": "failed"', b'"state": "calling"')
NO_EVENTS = (404, b'{"error":{"code":"not_found","message":"There is nothing at this address."}}')
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def test_a_fax_is_looked_at_again_when_something_of_it_is_told(client_at: Makes) -> None:
    told = STREAM + b": here\n\nid: 8\nevent: recipient\ndata: {}\n\n"
    with answering(told, (200, CALLING), (200, FAX)) as service:
        seen = [fax.is_open for fax in client_at(service.url).watch("7")]
    assert seen == [True, False]
    assert [each.split("0003*210")[1] for each in service.asked] == ["/7/events", "/7", "/7"]


def test_a_stream_that_breaks_is_taken_up_where_it_was(client_at: Makes) -> None:
    told = STREAM + b"id: 8\ndata: {}\n\n"
    answers = (told, (200, CALLING), (200, CALLING), STREAM, (200, FAX))
    with answering(*answers) as service:
        seen = [fax.is_open for fax in client_at(service.url).watch("7")]
    assert seen == [True, False]
    assert service.headers[3]["last-event-id"] == "8"


def test_a_service_without_events_is_asked_again_and_again(client_at: Makes) -> None:
    with answering(NO_EVENTS, (200, CALLING), (200, CALLING), (200, FAX)) as service:
        seen = [fax.is_open for fax in client_at(service.url).watch("7")]
    assert seen == [True, False]
    assert len(service.asked) == 4


def test_a_fax_is_watched_to_its_end_over_a_service_that_is_away_for_a_moment(client_at: Makes) -> None:
    with answering(NO_EVENTS, (200, CALLING), GONE, GONE, (200, FAX)) as service:
        seen = [fax.is_open for fax in client_at(service.url).watch("7")]
    assert seen == [True, False]
    assert len(service.asked) == 5


def test_what_comes_in_is_shown_from_now_on_each_once(client_at: Makes) -> None:
    def page(*ids: int) -> tuple[int, bytes]:
        fax = {"extension": "210", "sender": "1", "receivedAt": "2026-02-03T04:05:06Z", "read": False, "pages": 1}
        entry = [{"id": str(inbox_id), "document": "d", **fax} for inbox_id in ids]
        return 200, json.dumps({"entry": entry, "totalResults": len(ids)}).encode()

    told = STREAM + b"id: 3\nevent: received\ndata: {}\n\n"
    with answering(told, page(7), page(), page(8, 9), page(), STREAM, page(10), page()) as service:
        coming = client_at(service.url).arrivals()
        assert [next(coming).id for _ in range(3)] == ["8", "9", "10"]
    assert [each.rpartition("filterValue=")[2][:2] for each in service.asked if "greaterThan" in each][:2] == [
        "7&",
        "7&",
    ]
