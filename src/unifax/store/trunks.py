"""What the processes know of the servers of trunks. Must not know: how they know it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, literal_column, select, union_all

from unifax.model.fax import DeliveryState
from unifax.model.trunk import Sighting, SipCounts
from unifax.store.schema import deliveries, receptions, sip_counts, trunk_health

_IS_CALLING = deliveries.c.state == literal_column(f"'{DeliveryState.CALLING}'")
"Written out, so that the index of those that are calling is used."

_COUNTS = [field.name for field in fields(SipCounts)]

GOOD_FOR = timedelta(minutes=3)
"What a process has said holds so long; it says it again every minute."


def count(conn: Connection, process: str, counts: SipCounts | None, now: datetime) -> None:
    """Write down what a process has turned away, in place of what it said before; None when it ends."""
    gone = (sip_counts.c.process == process) | (sip_counts.c.seen_at < now - GOOD_FOR)
    conn.execute(delete(sip_counts).where(gone))
    if counts is not None:
        conn.execute(insert(sip_counts).values(**asdict(counts), seen_at=now))


def counted(conn: Connection, now: datetime) -> list[SipCounts]:
    """Return what each process that lives has turned away."""
    rows = conn.execute(
        select(sip_counts).where(sip_counts.c.seen_at >= now - GOOD_FOR).order_by(sip_counts.c.process)
    ).mappings()
    return [SipCounts(**{name: row[name] for name in _COUNTS}) for row in rows]


def sight(conn: Connection, process: str, sightings: Sequence[Sighting], now: datetime) -> None:
    """Write down what a process knows, in place of what it knew. What others said too long ago goes, too."""
    conn.execute(
        delete(trunk_health).where((trunk_health.c.process == process) | (trunk_health.c.seen_at < now - GOOD_FOR))
    )
    rows = [
        {
            "process": process,
            "trunk": each.trunk,
            "server": each.server,
            "is_up": each.is_up,
            "since": each.since,
            "status": each.status,
            "registered_until": each.registered_until,
            "seen_at": now,
        }
        for each in sightings
    ]
    if rows:
        conn.execute(insert(trunk_health), rows)


def sightings(conn: Connection, now: datetime) -> list[Sighting]:
    """Return what is known now, by trunk and server, the latest first."""
    rows = conn.execute(
        select(trunk_health)
        .where(trunk_health.c.seen_at >= now - GOOD_FOR)
        .order_by(trunk_health.c.trunk, trunk_health.c.server, trunk_health.c.seen_at.desc())
    )
    return [
        Sighting(
            row.trunk,
            row.server,
            None if row.is_up is None else bool(row.is_up),
            row.since,
            row.status,
            row.registered_until,
        )
        for row in rows
    ]


def calls_up(conn: Connection) -> Mapping[str, int]:
    """Return how many calls are up, either way, by trunk."""
    ours = select(deliveries.c.trunk).where(_IS_CALLING, deliveries.c.trunk.is_not(None))
    up = union_all(ours, select(receptions.c.trunk)).subquery()
    rows = conn.execute(select(up.c.trunk, func.count()).group_by(up.c.trunk))
    return {row[0]: row[1] for row in rows}


def is_free(conn: Connection, trunk: str, channels: int | None) -> bool:
    """Whether one more call may go over a trunk, either way."""
    return channels is None or calls_up(conn).get(trunk, 0) < channels
