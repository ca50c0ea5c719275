"""What the hosts of one database must have in common besides the database: keys. Knows no settings.

A host whose keys are not enough is refused when it starts; one that runs while there is a new key says so by `/readyz`.
"""

from datetime import datetime

from unifax.model.audit import Action, Deed
from unifax.model.errors import Misconfigured
from unifax.service.receipt_keys import RECEIPTS, ReceiptKeys
from unifax.store import audit
from unifax.store.db import Connection
from unifax.store.key_prints import missing, need
from unifax.store.sealing import MASTER, MasterKeys


def agree_on_masters(conn: Connection, keys: MasterKeys | None) -> None:
    """Say which master key this host wraps with, so that all have it.

    Raises Misconfigured when one is not here that files were wrapped with: nobody could read them.
    """
    prints = {} if keys is None else keys.prints
    if gone := missing(conn, MASTER, prints):
        raise Misconfigured(
            f"files.master_key_file: the master key {gone[0]} is not among them, and there are files under it"
        )
    if keys is not None:
        name = MASTER + keys.first
        need(conn, {name: prints[name]})


def agree_on_receipt_keys(conn: Connection, keys: ReceiptKeys) -> None:
    """See that receipts are signed by keys that all hosts have; the first host makes one, and says what it is.

    Raises Misconfigured when this host has not all of them: what it signs could not be checked by those of another.
    """
    here = keys.prints()
    if gone := missing(conn, RECEIPTS, here):
        raise Misconfigured(
            f"keys/receipts: the key {gone[0]} is not there: copy the folder from another host of this database"
        )
    if not here:
        keys.public()  # makes the first
    need(conn, keys.prints())


def renew_receipt_key(conn: Connection, keys: ReceiptKeys, now: datetime) -> str:
    """Sign receipts with a new key from now on, which all hosts must have; return its `kid`."""
    kid = keys.rotate()
    need(conn, keys.prints())
    audit.note(conn, [Deed(now, Action.RECEIPT_KEY_RENEWED, f"key {kid}")])
    return kid
