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


def add_executor(conn: Connection, executor: str, role: str, now: datetime) -> None:
    conn.execute(insert(executors).values(id=executor, role=role, started_at=now, beats=0))


def beat(conn: Connection, executor: str) -> bool:
    """Say that an executor is alive; False when the others have given it up."""
    beaten = conn.execute(update(executors).where(executors.c.id == executor).values(beats=executors.c.beats + 1))
    return beaten.rowcount == 1


def beats(conn: Connection) -> Mapping[str, int]:
    """Return how often each executor has said that it is alive."""
    rows = conn.execute(select(executors.c.id, executors.c.beats))
    return {row.id: row.beats for row in rows}


def crew(conn: Connection) -> Sequence[Executor]:
    """Return all executors that have not been given up."""
    rows = conn.execute(select(executors.c.id, executors.c.role, executors.c.beats))
    return [Executor(row.id, row.role, row.beats) for row in rows]


def remove_executor(conn: Connection, executor: str) -> bool:
    """Give an executor up; whether it was there. It finds out at its next beat."""
    return conn.execute(delete(executors).where(executors.c.id == executor)).rowcount == 1
