"""A new master key takes the place of those before it, while the service is at work. No file is touched.

Each piece is a transaction of its own, and what is done is not done again: who is cut off begins anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from unifax.model.audit import Action, Deed
from unifax.store import audit
from unifax.store.db import Connection, Database
from unifax.store.forgetting import PLACES
from unifax.store.key_prints import missing, need, need_no_more
from unifax.store.sealing import MASTER, MasterKeys
from unifax.store.wrapping import wrap_anew

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What came of it."""

    anew: int
    "Files whose keys the new master key wraps now."
    left: int
    "Files whose keys none of the master keys that were given opens."


def rewrap(db: Database, keys: MasterKeys, now: Callable[[], datetime]) -> Rewrapped:
    """Have the first of the master keys wrap the keys of all files; when that is done, no host needs the others.

    All hosts must have it as their first by then, or they go on wrapping with another.
    """
    first = MASTER + keys.first
    db.write(need, {first: keys.prints[first]})
    anew = left = 0
    for table in range(len(PLACES)):
        after: str | None = ""
        while after is not None:
            done = db.write(wrap_anew, keys, table, after, AT_ONCE)
            anew, left, after = anew + done.anew, left + done.left, done.last
    db.write(_end, keys, anew, left, now())
    return Rewrapped(anew, left)


def give_up(db: Database, name: str, now: datetime) -> bool:
    """Have no host ask for a master key any more that is lost, and with it what is under it; whether it was known."""
    return db.write(_give_up, name, now)


def _end(conn: Connection, keys: MasterKeys, anew: int, left: int, now: datetime) -> None:
    if not left:
        first = MASTER + keys.first
        need_no_more(conn, [MASTER + name for name in missing(conn, MASTER, {first: keys.prints[first]})])
    facts = {"files": anew, "left": left}
    audit.note(conn, [Deed(now, Action.MASTER_KEY_RENEWED, f"master key {keys.first}", facts=facts)])


def _give_up(conn: Connection, name: str, now: datetime) -> bool:
    known = need_no_more(conn, [MASTER + name]) > 0
    if known:
        audit.note(conn, [Deed(now, Action.MASTER_KEY_GIVEN_UP, f"master key {name}")])
    return known
