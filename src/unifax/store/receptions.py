"""Calls that come in: for which extension, how many at once, and what has come so far. Must not know: SIP, or files."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from unifax.model.accounts import Extension
from unifax.model.content import Content
from unifax.model.incoming import IncomingCall, PageIn, parse_did
from unifax.model.numbers import ExtensionNumber
from unifax.store.accounts import extension_named
from unifax.store.schema import dids, executors, extensions, inbox, receptions

CHARACTERS = 200
"Of what a caller says of himself, so many are kept: more than any number or Call-ID has."


def extension_called(conn: Connection, number: str) -> Extension | None:
    """Return the extension that a number rings at: its own, `0003*210`, or a telephone number of it."""
    if ExtensionNumber.parse(number) is not None:
        return extension_named(conn, number)
    named = select(extensions.c.number).join(dids, dids.c.extension_id == extensions.c.id)
    extension = conn.execute(named.where(dids.c.number == parse_did(number))).scalar_one_or_none()
    return None if extension is None else extension_named(conn, extension)


def begin(conn: Connection, extension_id: int, call: IncomingCall, now: datetime, host: str) -> int | None:
    """Write down a call that is to be answered by a host; return its id, or None when the extension has as many as it
    may. What a dead host was receiving does not count."""
    alive = select(executors.c.host).where(executors.c.host.is_not(None))
    counts = or_(receptions.c.host.is_(None), receptions.c.host == host, receptions.c.host.in_(alive))
    up = select(func.count()).where(receptions.c.extension_id == extension_id, counts).scalar_subquery()
    if conn.execute(select(up >= extensions.c.max_calls).where(extensions.c.id == extension_id)).scalar_one():
        return None
    values = {
        "extension_id": extension_id,
        "trunk": call.trunk,
        "sender": call.caller[:CHARACTERS],
        "called": call.called[:CHARACTERS],
        "sip_call_id": call.sip_call_id[:CHARACTERS],
        "begun_at": now,
        "pages": 0,
        "complete": 0,
        "bad_rows": 0,
        "host": host,
    }
    new_id: int = conn.execute(insert(receptions).values(values).returning(receptions.c.id)).scalar_one()
    return new_id


def add_page(conn: Connection, reception_id: int, page: PageIn) -> bool:
    """Count a page that is on disk; False when the call was settled before."""
    values = {
        "pages": page.pages,
        "complete": int(page.last),
        "far_station_id": page.far_station_id,
        "bits_per_second": page.bits_per_second,
        "bad_rows": receptions.c.bad_rows + page.bad_rows,
    }
    return conn.execute(update(receptions).where(receptions.c.id == reception_id).values(values)).rowcount == 1


def all_up(conn: Connection) -> Mapping[int, str | None]:
    """Return every call that was not settled, and its host; None for one that an earlier release has written down."""
    rows = conn.execute(select(receptions.c.id, receptions.c.host).order_by(receptions.c.id))
    return {row.id: row.host for row in rows}


def settle(conn: Connection, reception_id: int, document: Content, pages: int, now: datetime) -> int | None:
    """Put what a call has brought into the inbox; return its id there, or None when that was done before."""
    call = conn.execute(select(receptions).where(receptions.c.id == reception_id)).mappings().one_or_none()
    if call is None:
        return None
    forget(conn, reception_id)
    same = ("extension_id", "sender", "called", "sip_call_id", "complete", "far_station_id", "bits_per_second")
    values = {name: call[name] for name in (*same, "bad_rows")}
    values |= {"document": document.sha256, "place": document.place, "pages": pages, "received_at": now, "told": 0}
    new_id: int = conn.execute(insert(inbox).values(values).returning(inbox.c.id)).scalar_one()
    return new_id


def call_of(conn: Connection, reception_id: int) -> tuple[IncomingCall, datetime] | None:
    """Return a call that was not settled, and when it was begun."""
    row = conn.execute(select(receptions).where(receptions.c.id == reception_id)).one_or_none()
    return None if row is None else (IncomingCall(row.trunk, row.called, row.sender, row.sip_call_id), row.begun_at)


def forget(conn: Connection, reception_id: int) -> None:
    """Forget a call; it has brought nothing, or that is kept."""
    conn.execute(delete(receptions).where(receptions.c.id == reception_id))
