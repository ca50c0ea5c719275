"""Transcripts and packets of calls: shown to who may see the fax, and forgotten in time. Knows no HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from unifax.model.accounts import Viewer
from unifax.model.errors import NotFound
from unifax.model.fax import CallView, FaxView
from unifax.model.inbox import InboxView
from unifax.model.incoming import MissedCall
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, unpacked
from unifax.service.control import fax_of, position_of
from unifax.service.reading import received_one
from unifax.store import call_records
from unifax.store.call_records import forget_records, packets_of, transcript_of
from unifax.store.db import Connection, Database
from unifax.store.missed_calls import forget_missed, missed_call, missed_record

FORGOTTEN_AT_ONCE = 200
"Each may be some 100 kB, and others wait to write meanwhile."


_CUT_OFF = frozenset({Outcome.LOST, Outcome.UNCERTAIN})
"How calls end whose process died."


class Records:
    """Forgets them in time."""

    def __init__(self, db: Database, keep_days: int, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._keep = timedelta(days=keep_days)
        self._clock = clock

    async def forget(self) -> None:
        """Forget what is older than we keep it. To be done every hour or so."""
        before = self._clock() - self._keep
        for forget in (forget_records, forget_missed):
            while await self._db.awrite(forget, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
                pass


def transcript(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str, number: str
) -> tuple[FaxView, CallView, Sequence[Entry]]:
    """Return a fax, a call of it and what was recorded of that, by the parts of its address; 1 is the first recipient,
    and call.

    Of a call whose process died it is what the row of the call knows. Raises NotFound when there is no such call, or
    no transcript of it: while it is up, and after the time that transcripts are kept; and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    call = _call(fax, position, number)
    blob = transcript_of(conn, fax.id, int(position) - 1, call.number)
    if blob is not None:
        return fax, call, unpacked(blob)
    if call.ended_at is None:
        raise NotFound("This call has not ended yet.")
    if call.outcome not in _CUT_OFF:
        raise NotFound("Nothing is kept of this call.")
    return fax, call, _known_of(call, call.ended_at)


def packets(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str, number: str
) -> tuple[FaxView, bytes]:
    """Return a fax and the packets of a call of it, as a gzipped pcap.

    Raises NotFound when there are none, and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    call = _call(fax, position, number)
    found = packets_of(conn, fax.id, int(position) - 1, call.number)
    if found is None:
        raise NotFound("No packets of this call were recorded.")
    return fax, found


def transcript_received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str
) -> tuple[InboxView, Sequence[Entry]]:
    """Return a fax that came in, and what was recorded of its call. Raises NotFound, also as `received_one` does."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    blob = call_records.transcript_received(conn, fax.id)
    if blob is None:
        raise NotFound("Nothing is kept of the call that brought this fax.")
    return fax, unpacked(blob)


def packets_received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str
) -> tuple[InboxView, bytes]:
    """Return a fax and the packets of the call that brought it. Raises NotFound, also as `received_one` does."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    found = call_records.packets_received(conn, fax.id)
    if found is None:
        raise NotFound("No packets of this call were recorded.")
    return fax, found


def missed(conn: Connection, missed_id: int) -> tuple[MissedCall, Sequence[Entry]]:
    """Return a call that has brought nothing, and what was recorded of it. Raises NotFound."""
    call = missed_call(conn, missed_id)
    if call is None:
        raise NotFound("There was no such call, or it is forgotten.")
    blob, _ = missed_record(conn, missed_id)
    seconds = (call.missed_at - call.begun_at).total_seconds()
    end = Entry(seconds, Layer.CALL, None, f"result: {call.reason}")
    return call, [end] if blob is None else unpacked(blob)


def missed_packets(conn: Connection, missed_id: int) -> tuple[MissedCall, bytes]:
    """Return a call that has brought nothing, and its packets. Raises NotFound."""
    call, (_, packets) = missed_call(conn, missed_id), missed_record(conn, missed_id)
    if call is None or packets is None:
        raise NotFound("No packets of this call were recorded.")
    return call, packets


def _known_of(call: CallView, ended_at: datetime) -> Sequence[Entry]:
    """Return what was written down while a call was up, for one whose process could not tell the rest."""
    moments = {"ringing": call.ringing_at, "answered": call.answered_at, "T.38 agreed": call.t38_at}
    known = [(call.started_at, "now dialling")]
    known += [(at, f"now {what}") for what, at in moments.items() if at is not None]
    known.append((ended_at, f"result: {call.outcome}; {call.pages_confirmed} pages were written down as confirmed"))
    known.append((ended_at, "no more is kept: the process of this call ended before it could tell, or it is long ago"))
    return [Entry((at - call.started_at).total_seconds(), Layer.CALL, None, text) for at, text in known]


def _call(fax: FaxView, position: str, number: str) -> CallView:
    made = fax.deliveries[position_of(fax, position)].calls
    call = next((call for call in made if str(call.number) == number), None)
    if call is None:
        raise NotFound("There was no such call to this recipient.")
    return call
