"""That all hosts on one database have the same keys. Must not know: what the keys are for."""

import hashlib
from pathlib import Path

from sqlalchemy import Connection, insert, select

from unifax.model.errors import Misconfigured
from unifax.store.db import Database
from unifax.store.keyfile import read_or_make_key
from unifax.store.schema import key_prints


def agree_on_key(db: Database, file: Path) -> None:
    """See that a key file holds what it holds on the other hosts; the first host makes it, and says what it is.

    Raises Misconfigured when this host has another key, or none although there is one.
    """
    db.write(_agree, file)


def _agree(conn: Connection, file: Path) -> None:
    known = conn.execute(select(key_prints.c.print).where(key_prints.c.name == file.name)).scalar_one_or_none()
    if known is not None and not file.exists():
        raise Misconfigured(f"{file} is not there: copy it from another host of this database")
    # Of 32 octets by chance, a hash tells nothing.
    found = hashlib.sha256(b"unifax key print" + read_or_make_key(file)).hexdigest()
    if known is None:
        conn.execute(insert(key_prints).values(name=file.name, print=found))
    elif known != found:
        raise Misconfigured(f"{file} is not the key of the other hosts of this database: copy it from one of them")
