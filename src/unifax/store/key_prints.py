"""That all hosts on one database have the same keys. Must not know: what the keys are for.

The database knows a hash of each key that every host must have: of random octets it tells nothing.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from unifax.model.errors import Misconfigured
from unifax.store.db import Database
from unifax.store.keyfile import read_or_make_key
from unifax.store.schema import key_prints

Prints = Mapping[str, str]
"Hashes of keys, by their names: those of one kind begin with it, `master.`."


def print_of(key: bytes) -> str:
    """Return the hash that a key is known by."""
    return hashlib.sha256(b"unifax key print" + key).hexdigest()


def agree_on_key(db: Database, file: Path) -> None:
    """See that a key file holds what it holds on the other hosts; the first host makes it, and says what it is.

    Raises Misconfigured when this host has another key, or none although there is one.
    """
    db.write(_agree, file)


def missing(conn: Connection, kind: str, here: Prints) -> Sequence[str]:
    """Return the keys of a kind that every host must have, and that are not here."""
    known = conn.execute(select(key_prints).where(key_prints.c.name.startswith(kind, autoescape=True)))
    return [row.name.removeprefix(kind) for row in known if here.get(row.name) != row.print]


def need(conn: Connection, prints: Prints) -> None:
    """Say that every host must have these keys from now on."""
    known = set(conn.execute(select(key_prints.c.name).where(key_prints.c.name.in_(prints))).scalars())
    if new := [{"name": name, "print": print} for name, print in prints.items() if name not in known]:
        conn.execute(insert(key_prints), new)


def need_no_more(conn: Connection, names: Collection[str]) -> int:
    """Say that these keys are good for nothing any more; return how many of them were known."""
    return conn.execute(delete(key_prints).where(key_prints.c.name.in_(names))).rowcount


def _agree(conn: Connection, file: Path) -> None:
    known = conn.execute(select(key_prints.c.print).where(key_prints.c.name == file.name)).scalar_one_or_none()
    if known is not None and not file.exists():
        raise Misconfigured(f"{file} is not there: copy it from another host of this database")
    found = print_of(read_or_make_key(file))
    if known is None:
        need(conn, {file.name: found})
    elif known != found:
        raise Misconfigured(f"{file} is not the key of the other hosts of this database: copy it from one of them")
