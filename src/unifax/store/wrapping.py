"""The keys of files, wrapped anew by another master key where rows name them. Must not know: what the files hold.

Rows that name one file say the same of it, before and after: so the last of them is known when it is forgotten.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from unifax.model.errors import ContentLost, Unavailable
from unifax.store.blobs import wrapped_for
from unifax.store.forgetting import PLACES
from unifax.store.sealing import MasterKeys


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Some of the files, in the order of their places."""

    anew: int
    left: int
    "Whose keys none of our master keys opens."
    last: str | None
    "The last place that was looked at; None when there are no more."


def wrap_anew(conn: Connection, keys: MasterKeys, table: int, after: str, limit: int) -> Wrapped:
    """Have the first master key wrap what another one wraps, of the next files that a table of `PLACES` names."""
    place, sha256 = PLACES[table]
    rows = conn.execute(
        select(place, sha256).where(place > after).group_by(place, sha256).order_by(place).limit(limit)
    ).all()
    anew = left = 0
    for known, hashed in rows:
        name, _, wrapped = known.partition(".")
        if not wrapped or wrapped.startswith(f"{keys.first}."):
            continue
        of = wrapped_for(hashed, name)
        try:
            said = f"{name}.{keys.wrap(keys.unwrap(wrapped, of), of)}"
        except (Unavailable, ContentLost):
            left += 1
            continue
        for column, _ in PLACES:
            conn.execute(update(column.table).where(column == known).values({column.name: said}))
        anew += 1
    return Wrapped(anew, left, rows[-1][0] if len(rows) == limit else None)
