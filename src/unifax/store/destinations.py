"""What is known of numbers that were called, and what was decided for them. Must not know: who wanted them called."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, select, true, update

from unifax.model.collection import Kind, Listing, Window
from unifax.model.destination import Destination, Known
from unifax.model.manner import Modem, Pin
from unifax.model.paper import Resolution
from unifax.model.retry import SUCCESSIVE_SECONDS
from unifax.store.collections import Field, Source, page_of
from unifax.store.db import insert_or_update
from unifax.store.manners import ability_columns, ability_of, experiences
from unifax.store.schema import destinations, manners

_DESTINATIONS = Source(
    destinations.c.id,
    destinations.c.id,
    {
        "number": Field(Kind.TEXT, destinations.c.number),
        "unanswered": Field(Kind.NUMBER, destinations.c.unanswered),
        "triedAt": Field(Kind.MOMENT, destinations.c.tried_at),
        "farStationId": Field(Kind.TEXT, destinations.c.far_station_id),
    },
)
DESTINATION_FILTERS = {name: field.kind for name, field in _DESTINATIONS.fields.items()}
"What the collection can be filtered by."

_PIN = (destinations.c.pin_t38, destinations.c.pin_ecm, destinations.c.pin_modem, destinations.c.pin_resolution)


def destination(conn: Connection, number: str) -> Destination | None:
    """Return what is known of a number, or None when it was never called, or is forgotten."""
    row = conn.execute(select(destinations).where(destinations.c.number == number)).mappings().one_or_none()
    return None if row is None else _destination(row, experiences(conn, [row["id"]]).get(row["id"], {}))


def destination_page(conn: Connection, window: Window) -> tuple[Listing, Sequence[Destination]]:
    """Return a page of all numbers of which anything is known."""
    listing = page_of(conn, _DESTINATIONS, [true()], window)
    rows = conn.execute(select(destinations).where(destinations.c.id.in_(listing.ids))).mappings()
    known = experiences(conn, listing.ids)
    found = {row["id"]: _destination(row, known.get(row["id"], {})) for row in rows}
    return listing, [found[each] for each in listing.ids]


def note_call(conn: Connection, number: str, *, answered: bool, now: datetime) -> None:
    """Learn from a call that has ended at `now` whether anybody answers."""
    tried_at, unanswered = destinations.c.tried_at, destinations.c.unanswered
    kept = conn.execute(select(tried_at, unanswered).where(destinations.c.number == number)).one_or_none()
    before = 0
    if kept is not None and kept.tried_at is not None and now - kept.tried_at < timedelta(seconds=SUCCESSIVE_SECONDS):
        before = kept.unanswered
    learnt = {"unanswered": 0 if answered else before + 1, "tried_at": now}
    new = insert_or_update(conn, destinations).values(number=number, **learnt)
    conn.execute(new.on_conflict_do_update(index_elements=["number"], set_=learnt))


def pin(conn: Connection, number: str, pin: Pin) -> None:
    """Keep what was decided for a number, in place of what was decided before."""
    decided = {
        "pin_t38": None if pin.t38 is None else int(pin.t38),
        "pin_ecm": None if pin.ecm is None else int(pin.ecm),
        "pin_modem": None if pin.modem is None else pin.modem.value,
        "pin_resolution": None if pin.resolution is None else pin.resolution.value,
    }
    new = insert_or_update(conn, destinations).values(number=number, unanswered=0, **decided)
    conn.execute(new.on_conflict_do_update(index_elements=["number"], set_=decided))


def forget(conn: Connection, number: str) -> None:
    """Forget what was learnt and decided for a number, but for the calls in a row that nobody answered: that count
    is there for those who are called."""
    here = destinations.c.number == number
    conn.execute(delete(manners).where(manners.c.destination_id.in_(select(destinations.c.id).where(here))))
    nothing = {
        "far_station_id": None,
        **ability_columns(None),
        "pin_t38": None,
        "pin_ecm": None,
        "pin_modem": None,
        "pin_resolution": None,
    }
    conn.execute(update(destinations).where(here).values(nothing))
    conn.execute(delete(destinations).where(here, destinations.c.unanswered == 0))


def forget_destinations(conn: Connection, before: datetime) -> int:
    """Forget what was learnt before a moment, and the numbers that were last called before it; return how many.

    What somebody has decided for a number stays.
    """
    conn.execute(delete(manners).where(manners.c.learnt_at < before))
    free = [column.is_(None) for column in _PIN]
    return conn.execute(delete(destinations).where(destinations.c.tried_at < before, *free)).rowcount


def _destination(row: RowMapping, known: Known) -> Destination:
    t38, ecm, modem, resolution = (row[column.name] for column in _PIN)
    pinned = Pin(
        None if t38 is None else bool(t38),
        None if ecm is None else bool(ecm),
        None if modem is None else Modem(modem),
        None if resolution is None else Resolution(resolution),
    )
    far = (row["far_station_id"], ability_of(row))
    return Destination(row["number"], row["unanswered"], row["tried_at"], *far, pinned, known)
