"""In which manner calls are to send, and how it went. Must not know: how calls begin and end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, literal, select, update

from unifax.model.call import CallReport, Media, T38Use
from unifax.model.destination import Destination, Known
from unifax.model.ladder import Experience, Failure, allowed, failure_of, in_order
from unifax.model.manner import ABLE, Ability, Manner, Modem, Pin
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.store.db import insert_or_update
from unifax.store.schema import calls, destinations, manners


def columns_of(manner: Manner) -> dict[str, object]:
    """Return a manner as rows hold it."""
    return {"t38": int(manner.t38), "ecm": int(manner.ecm), "modem": manner.modem.value}


def manner_of(row: RowMapping) -> Manner:
    return Manner(bool(row["t38"]), bool(row["ecm"]), Modem(row["modem"]))


def ability_columns(ability: Ability | None) -> dict[str, object]:
    """Return what a machine can do as rows hold it; None for what nobody knows."""
    if ability is None:
        return dict.fromkeys(("far_ecm", "far_modem", "far_resolutions"))
    words = " ".join(each for each in Resolution if each in ability.resolutions)
    return {"far_ecm": int(ability.ecm), "far_modem": ability.modem.value, "far_resolutions": words}


def ability_of(row: RowMapping) -> Ability | None:
    if row["far_modem"] is None:
        return None
    resolutions = frozenset(map(Resolution, row["far_resolutions"].split()))
    return Ability(bool(row["far_ecm"]), Modem(row["far_modem"]), resolutions)


def media_of(row: RowMapping) -> Media | None:
    return None if row["media"] is None else Media(row["media"])


def next_manner(
    conn: Connection, delivery_id: int, calls_before: int, trunk: str, known: Destination | None, use: T38Use
) -> Manner:
    """Return the manner of a delivery's next call. Calls up to `calls_before` were made before it was sent again."""
    failed = _failures(conn, delivery_id, calls_before)
    if known is None:
        return in_order(allowed(use, Pin()), (), failed)[0]
    return in_order(allowed(use, known.pin), known.known.get(trunk, ()), failed, known.far_ability or ABLE)[0]


def learn(conn: Connection, number: str, trunk: str, manner: Manner, report: CallReport, now: datetime) -> None:
    """Learn from a call that `note_call` has noted how its manner went, and what the machine there says of itself."""
    here = destinations.c.number == number
    if report.far_station_id is not None:
        conn.execute(update(destinations).where(here).values(far_station_id=report.far_station_id))
    if report.far_ability is not None:
        conn.execute(update(destinations).where(here).values(ability_columns(report.far_ability)))
    learnt: dict[str, object]
    failure = failure_of(manner, report)
    if failure is not None:
        learnt = {"failed_at": now, "failures": 1, "outcome": failure.outcome.value, "media": failure.media}
        failures: ColumnElement[int] = manners.c.failures + 1
    elif report.outcome is Outcome.SENT:
        learnt = {"worked_at": now, "failures": 0}
        failures = literal(0)
    else:
        return
    learnt["learnt_at"] = now
    if report.bits_per_second is not None:
        learnt["bits_per_second"] = report.bits_per_second
    destination_id = conn.execute(select(destinations.c.id).where(here)).scalar_one()
    which = {"destination_id": destination_id, "trunk": trunk, **columns_of(manner)}
    new = insert_or_update(conn, manners).values(which | learnt)
    conn.execute(new.on_conflict_do_update(index_elements=list(which), set_={**learnt, "failures": failures}))


def experiences(conn: Connection, destination_ids: Sequence[int]) -> Mapping[int, Known]:
    """Return what was learnt of numbers. One of which nothing is known is left out."""
    rows = conn.execute(
        select(manners)
        .where(manners.c.destination_id.in_(destination_ids))
        .order_by(manners.c.destination_id, manners.c.trunk, manners.c.learnt_at)
    )
    found: dict[int, dict[str, list[Experience]]] = {}
    for row in rows.mappings():
        found.setdefault(row["destination_id"], {}).setdefault(row["trunk"], []).append(_experience(row))
    return found


def _failures(conn: Connection, delivery_id: int, calls_before: int) -> Sequence[Failure]:
    """Return the calls of a delivery that another manner could have helped, in their order."""
    rows = conn.execute(
        select(calls)
        .where(calls.c.delivery_id == delivery_id, calls.c.number > calls_before, calls.c.outcome.is_not(None))
        .order_by(calls.c.number)
    ).mappings()
    reports = (
        (manner_of(row), CallReport(Outcome(row["outcome"]), row["pages_confirmed"], media=media_of(row)))
        for row in rows
    )
    failures = (failure_of(manner, report) for manner, report in reports)
    return [failure for failure in failures if failure is not None]


def _experience(row: RowMapping) -> Experience:
    manner = manner_of(row)
    failure = None if row["outcome"] is None else Failure(manner, Outcome(row["outcome"]), media_of(row))
    return Experience(manner, row["worked_at"], row["failed_at"], row["failures"], failure, row["bits_per_second"])
