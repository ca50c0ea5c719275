"""Transcripts and packets of calls: shown to who may see the fax, and forgotten in time. Knows no HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from unifax.model.accounts import Viewer
from unifax.model.errors import NotFound
from unifax.model.fax import CallView, FaxView
from unifax.model.inbox import InboxView
from unifax.model.transcript import Entry, unpacked
from unifax.service.control import fax_of, position_of
from unifax.service.reading import received_one
from unifax.store import call_records
from unifax.store.call_records import forget_records, packets_of, transcript_of
from unifax.store.db import Connection, Database

FORGOTTEN_AT_ONCE = 200
"Each may be some 100 kB, and others wait to write meanwhile."


class Records:
    """Forgets them in time."""

    def __init__(self, db: Database, keep_days: int, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._keep = timedelta(days=keep_days)
        self._clock = clock

    async def forget(self) -> None:
        """Forget what is older than we keep it. To be done every hour or so."""
        before = self._clock() - self._keep
        while await self._db.awrite(forget_records, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass


def transcript(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str, number: str
) -> tuple[CallView, Sequence[Entry]]:
    """Return a call and what was recorded of it, by the parts of its address; 1 is the first recipient, and call.

    Raises NotFound when there is no such call, or no transcript of it: while it is up, when its process died, and
    after the time that transcripts are kept; and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    call = _call(fax, position, number)
    blob = transcript_of(conn, fax.id, int(position) - 1, call.number)
    if blob is None:
        raise NotFound("Nothing is kept of this call." if call.ended_at else "This call has not ended yet.")
    return call, unpacked(blob)


def packets(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str, number: str
) -> bytes:
    """Return the packets of a call as a gzipped pcap. Raises NotFound when there are none, and as `fax_of` does."""
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    call = _call(fax, position, number)
    found = packets_of(conn, fax.id, int(position) - 1, call.number)
    if found is None:
        raise NotFound("No packets of this call were recorded.")
    return found


def transcript_received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str
) -> tuple[InboxView, Sequence[Entry]]:
    """Return a fax that came in, and what was recorded of its call. Raises NotFound, also as `received_one` does."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    blob = call_records.transcript_received(conn, fax.id)
    if blob is None:
        raise NotFound("Nothing is kept of the call that brought this fax.")
    return fax, unpacked(blob)


def packets_received(conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str) -> bytes:
    """Return the packets of the call that brought a fax. Raises NotFound, also as `received_one` does."""
    found = call_records.packets_received(conn, received_one(conn, viewer, user_id, extension, inbox_id).id)
    if found is None:
        raise NotFound("No packets of this call were recorded.")
    return found


def _call(fax: FaxView, position: str, number: str) -> CallView:
    made = fax.deliveries[position_of(fax, position)].calls
    call = next((call for call in made if str(call.number) == number), None)
    if call is None:
        raise NotFound("There was no such call to this recipient.")
    return call
