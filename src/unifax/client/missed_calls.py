"""Calls from outside that brought no page, for those who run the line: what is asked, and how it is read.

Knows no socket and no clock.
"""

from datetime import datetime
from pathlib import Path

from unifax.client.api import Api
from unifax.client.shapes import Entry, Page, Shape
from unifax.client.steps import Answer, Plan, Request, Send, Showing, read

MISSED = "/admin/missed-calls"


class MissedCall(Shape):
    """A call from outside that was refused, or brought no page; see docs/line.md."""

    id: str
    missed_at: datetime
    trunk: str
    caller: str
    called: str
    reason: str
    begun_at: datetime
    sip_call_id: str
    recorded: bool


class MissedTranscript(Shape):
    """What happened in a call that brought no page."""

    call: MissedCall
    entries: list[Entry]


def missed_calls(api: Api) -> Showing[MissedCall]:
    """Show the calls that brought no page, the newest first."""
    return api.entries(Page[MissedCall], MISSED, {})


def missed_transcript(api: Api, missed_id: str) -> Plan[MissedTranscript]:
    """Return what happened in one of them."""
    return read(MissedTranscript, (yield from _transcript(api, missed_id, "application/json")))


def missed_ladder(api: Api, missed_id: str) -> Plan[str]:
    """Return what happened in one of them, as text for people."""
    return (yield from _transcript(api, missed_id, "text/plain")).body.decode()


def missed_packets(api: Api, missed_id: str, file: Path) -> Plan[None]:
    """Save the packets of one of them, a gzipped pcap. Raises OSError."""
    yield from api.save(f"{MISSED}/{missed_id}/packets.pcap.gz", file)


def _transcript(api: Api, missed_id: str, kind: str) -> Plan[Answer]:
    target = f"{MISSED}/{missed_id}/transcript"
    return (yield from api.ask(Send(Request("GET", target, {}, {"accept": kind}, repeatable=True))))
