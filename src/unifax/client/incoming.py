"""Faxes received: what is asked, and how it is read. Each is a plan; knows no socket and no clock."""

from collections.abc import Sequence
from pathlib import Path

from unifax.client.api import Api
from unifax.client.outbox import document_name, pages
from unifax.client.shapes import Page, Received, ReceivedTranscript
from unifax.client.steps import Answer, Plan, Request, Send, Showing, read


def inbox(api: Api, *, unread: bool = False) -> Showing[Received]:
    """Show what the extension has received, the newest first: all of it, or what nobody has read."""
    return api.entries(Page[Received], _at(api), {"filterBy": "read", "filterValue": "false"} if unread else {})


def newest(api: Api) -> Plan[str]:
    """Return the id of what came last, or 0."""
    page = read(Page[Received], (yield from api.get(_at(api), {"count": "1"})))
    return page.entry[0].id if page.entry else "0"


def newer(api: Api, inbox_id: str) -> Plan[Sequence[Received]]:
    """Return what came after a fax, the oldest first; of many, the first of them."""
    after = {"filterBy": "id", "filterOp": "greaterThan", "filterValue": inbox_id, "sortOrder": "ascending"}
    return read(Page[Received], (yield from api.get(_at(api), {"count": str(api.entries_a_page), **after}))).entry


def received(api: Api, inbox_id: str) -> Plan[Received]:
    """Return one fax that came in. This does not mark it as read."""
    return read(Received, (yield from api.get(_at(api, inbox_id))))


def received_document(api: Api, inbox_id: str, file: Path) -> Plan[None]:
    """Save the pages as they came: as PDF, or as TIFF when the file ends so. Raises OSError."""
    yield from api.save(_at(api, inbox_id, document_name(file)), file)


def received_page(api: Api, inbox_id: str, number: int, file: Path, *, small: bool = False) -> Plan[None]:
    """Save one page as PNG, 1 for the first; a small one is grey, and at most 200 pixels wide. Raises OSError."""
    yield from api.save(_at(api, inbox_id, pages(small), f"{number}.png"), file)


def received_transcript(api: Api, inbox_id: str) -> Plan[ReceivedTranscript]:
    """Return what happened in the call that brought a fax."""
    return read(ReceivedTranscript, (yield from _transcript(api, inbox_id, "application/json")))


def received_ladder(api: Api, inbox_id: str) -> Plan[str]:
    """Return what happened in the call that brought a fax, as text for people."""
    return (yield from _transcript(api, inbox_id, "text/plain")).body.decode()


def received_packets(api: Api, inbox_id: str, file: Path) -> Plan[None]:
    """Save the packets of the call that brought a fax, a gzipped pcap. Raises OSError."""
    yield from api.save(_at(api, inbox_id, "packets.pcap.gz"), file)


def _transcript(api: Api, inbox_id: str, kind: str) -> Plan[Answer]:
    target = _at(api, inbox_id, "transcript")
    return (yield from api.ask(Send(Request("GET", target, {}, {"accept": kind}, repeatable=True))))


def mark_read(api: Api, inbox_id: str, *, read_by_now: bool = True) -> Plan[Received]:
    """Mark a fax that came in as read, or as not read."""
    answer = yield from api.change("PUT", _at(api, inbox_id), {"read": read_by_now}, repeatable=True)
    return read(Received, answer)


def _at(api: Api, *below: str) -> str:
    return api.path("inbox", *below)
