"""Idempotency-Keys and the answers that were given. Must not know: what was asked, or what the answers mean."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from unifax.store.schema import keys


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered under a key."""

    request: str
    "SHA-256 of what was asked, hex."
    answer: str
    "JSON."


def answered(conn: Connection, whose: str, key: str, since: datetime) -> Answered | None:
    """Return what was answered under a key since a moment."""
    row = conn.execute(
        select(keys.c.request, keys.c.answer).where(
            keys.c.whose == whose, keys.c.key == key, keys.c.answered_at > since
        )
    ).one_or_none()
    return None if row is None else Answered(row.request, row.answer)


def add_answer(conn: Connection, whose: str, key: str, request: str, answer: str, now: datetime) -> None:
    """Keep an answer, instead of one too old to be given again."""
    conn.execute(delete(keys).where(keys.c.whose == whose, keys.c.key == key))
    conn.execute(insert(keys).values(whose=whose, key=key, request=request, answer=answer, answered_at=now))


def forget_answers(conn: Connection, before: datetime) -> int:
    """Forget the answers that were given before a moment; return how many."""
    return conn.execute(delete(keys).where(keys.c.answered_at <= before)).rowcount
