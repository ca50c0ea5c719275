"""A service that has been at work for a while: many faxes sent and received, as rows that all show the same pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, update

from unifax.model.accounts import Extension
from unifax.model.audit import Action, Deed
from unifax.model.content import Content
from unifax.model.fax import DeliveryState, fax_state
from unifax.model.manner import BEST
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, Way, packed
from unifax.store import audit, faxes
from unifax.store.db import Connection, Database
from unifax.store.faxes import NewFax, NewFile, NewRecipient
from unifax.store.manners import columns_of
from unifax.store.schema import call_records, calls, deliveries, inbox
from unifax.store.schema import faxes as fax_rows

AT_ONCE = 2000
"Faxes written in one transaction."
SPREAD = timedelta(days=60)
"The first was sent so long ago, and as much time is between each and the next."
ENDS: Sequence[Outcome] = (*[Outcome.SENT] * 15, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DROPPED, Outcome.PROTOCOL)
"How calls end, in turn."
OPEN_OF = 100
"Of so many, the last is not sent yet: it waits to be called again."
RECEIVED_OF = 3
RECORDED_OF = 10
CALL = timedelta(seconds=40)
TRANSCRIPT = packed(
    [
        Entry(0.0, Layer.SIP, Way.OUT, "INVITE sip:4930000001@192.0.2.1 SIP/2.0\nCall-ID: 1\n\nv=0"),
        Entry(0.2, Layer.SIP, Way.IN, "SIP/2.0 200 OK"),
        *(Entry(2.0 + at, Layer.T30, Way.IN, f"DIS: what the machine can do, said for time {at}") for at in range(20)),
        Entry(30.0, Layer.CALL, None, "result: dropped"),
    ]
)


def store(db: Database, extensions: Sequence[Extension], document: Content, many: int, now: datetime) -> None:
    """Write down that these extensions, in turn, have sent so many faxes of two pages, and received some."""
    for first in range(0, many, AT_ONCE):
        db.write(_store, extensions, document, range(first, min(many, first + AT_ONCE)), now - SPREAD, SPREAD / many)


def _store(
    conn: Connection,
    extensions: Sequence[Extension],
    document: Content,
    which: range,
    first: datetime,
    pause: timedelta,
) -> None:
    new = [
        NewFax(
            uid=f"{number:032x}",
            account_id=extensions[number % len(extensions)].owner_id,
            extension_id=extensions[number % len(extensions)].id,
            files=(NewFile(f"letter {number}.pdf", "pdf", document, 40_000, 2),),
            recipients=(NewRecipient(f"4930{number % 5000:06}", "sandbox", None),),
            accepted_at=first + pause * number,
        )
        for number in which
    ]
    ids = faxes.add_faxes(conn, new)
    conn.execute(
        update(fax_rows).where(fax_rows.c.id.in_(ids)).values(document=document.sha256, place=document.place, pages=2)
    )
    conn.execute(update(deliveries).where(deliveries.c.fax_id.in_(ids)).values(calls=1))
    serial = {row.fax_id: row.id for row in conn.execute(deliveries.select().where(deliveries.c.fax_id.in_(ids)))}
    outcomes = [ENDS[number % len(ENDS)] for number in which]
    states = [_state(number, outcome) for number, outcome in zip(which, outcomes, strict=True)]
    conn.execute(
        update(fax_rows).where(fax_rows.c.id == bindparam("of")).values(state=bindparam("now")),
        [{"of": fax_id, "now": fax_state([state]).value} for fax_id, state in zip(ids, states, strict=True)],
    )
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == bindparam("of"))
        .values(state=bindparam("now"), outcome=bindparam("how"), next_call_at=bindparam("next"), pages_confirmed=0),
        [
            {
                "of": serial[fax_id],
                "now": state.value,
                "how": outcome.value,
                "next": fax.accepted_at + 2 * SPREAD if state is DeliveryState.WAITING else None,
            }
            for fax_id, fax, state, outcome in zip(ids, new, states, outcomes, strict=True)
        ],
    )
    made = [
        {
            "delivery_id": serial[fax_id],
            "number": 1,
            "run": "line.somewhere.1.0.1",
            "first_page": 0,
            **columns_of(BEST),
            "started_at": fax.accepted_at,
            "ended_at": fax.accepted_at + CALL,
            "outcome": outcome.value,
            "passed_on": 0,
            "pages_confirmed": 2 if outcome is Outcome.SENT else 0,
        }
        for fax_id, fax, outcome in zip(ids, new, outcomes, strict=True)
    ]
    conn.execute(insert(calls), made)
    recorded = [each for number, each in zip(which, made, strict=True) if number % RECORDED_OF == 0]
    conn.execute(
        insert(call_records),
        [
            {
                "delivery_id": each["delivery_id"],
                "number": 1,
                "kept_at": each["ended_at"],
                "blob": TRANSCRIPT,
                "bytes": len(TRANSCRIPT),
            }
            for each in recorded
        ],
    )
    received = [fax for number, fax in zip(which, new, strict=True) if number % RECEIVED_OF == 0]
    conn.execute(
        insert(inbox),
        [
            {
                "extension_id": fax.extension_id,
                "sender": fax.recipients[0].number,
                "document": document.sha256,
                "place": document.place,
                "pages": 2,
                "complete": 1,
                "far_station_id": f"Office {at}",
                "bad_rows": 0,
                "received_at": fax.accepted_at,
                "told": 1,
            }
            for at, fax in enumerate(received)
        ],
    )
    audit.note(
        conn,
        [
            Deed(fax.accepted_at, Action.FAX_ACCEPTED, f"fax {fax_id}", fax.account_id, fax.account_id)
            for fax_id, fax in zip(ids, new, strict=True)
        ],
    )


def _state(number: int, outcome: Outcome) -> DeliveryState:
    if outcome is Outcome.SENT:
        return DeliveryState.SENT
    return DeliveryState.WAITING if number % OPEN_OF == OPEN_OF - 1 else DeliveryState.FAILED
