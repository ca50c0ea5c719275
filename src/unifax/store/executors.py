"""The processes that do the work, and that they are alive. Must not know: what work they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from unifax.store.schema import executors


@dataclass(frozen=True, slots=True)
class Executor:
    """A process that does work."""

    id: str
    role: str
    beats: int
    "How often it has said that it is alive."


def add_executor(conn: Connection, executor: str, role: str, now: datetime, host: str = "") -> None:
    conn.execute(insert(executors).values(id=executor, role=role, started_at=now, beats=0, host=host))


def beat(conn: Connection, executor: str) -> bool:
    """Say that an executor is alive; False when the others have given it up."""
    beaten = conn.execute(update(executors).where(executors.c.id == executor).values(beats=executors.c.beats + 1))
    return beaten.rowcount == 1


def beats(conn: Connection) -> Mapping[str, int]:
    """Return how often each executor has said that it is alive."""
    rows = conn.execute(select(executors.c.id, executors.c.beats))
    return {row.id: row.beats for row in rows}


def beats_of(conn: Connection, host: str) -> Mapping[str, int]:
    """Return how often each executor of a host has said that it is alive."""
    rows = conn.execute(select(executors.c.id, executors.c.beats).where(executors.c.host == host))
    return {row.id: row.beats for row in rows}


def crew(conn: Connection) -> Sequence[Executor]:
    """Return all executors that have not been given up."""
    rows = conn.execute(select(executors.c.id, executors.c.role, executors.c.beats))
    return [Executor(row.id, row.role, row.beats) for row in rows]


def is_known(conn: Connection, executor: str) -> bool:
    """Whether an executor has not been given up: what it begins now is its own to do."""
    return conn.execute(select(executors.c.id).where(executors.c.id == executor)).first() is not None


def executors_of(conn: Connection, host: str) -> Mapping[str, str]:
    """Return the executors of a host, and the role of each."""
    rows = conn.execute(select(executors.c.id, executors.c.role).where(executors.c.host == host))
    return {row.id: row.role for row in rows}


def remove_executor(conn: Connection, executor: str, beats: int | None = None) -> bool:
    """Give an executor up, unless it has beaten again since it was seen with so many `beats`; whether that was done.

    It finds out at its next beat, and before it begins anything.
    """
    gone = delete(executors).where(executors.c.id == executor)
    if beats is not None:
        gone = gone.where(executors.c.beats == beats)
    return conn.execute(gone).rowcount == 1
