"""What is done is written down in the transaction that does it; and heads of the log are signed. Knows no HTTP."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from unifax.model.accounts import Account, App, Terminal, Viewer
from unifax.model.audit import Action, Chain, Deed, Entry, Facts, canonical, members
from unifax.model.contact import Contact
from unifax.model.errors import Forged
from unifax.model.fax import FaxView
from unifax.model.inbox import InboxView
from unifax.model.incoming import MissedCall
from unifax.service.receipt_keys import ReceiptKeys, opened
from unifax.store import audit
from unifax.store.db import Connection, Database

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

HEAD = "audit-head+jws"
"The `typ` of a signed head."
NOTHING: Facts = {}


def deed(viewer: Viewer, now: datetime, action: Action, subject: str = "", facts: Facts = NOTHING) -> Deed:
    """Return what somebody does, to something of his own account."""
    return Deed(now, action, subject, viewer.account_id, viewer.account_id, viewer.app_id, facts)


def accepted(viewer: Viewer, now: datetime, fax_id: int, account_id: int, recipients: int) -> Deed:
    """Return that somebody has had a fax accepted for an account."""
    done = deed(viewer, now, Action.FAX_ACCEPTED, f"fax {fax_id}", {"recipients": recipients})
    return replace(done, account_id=account_id)


def noting(
    conn: Connection,
    done: Deed,
    do: Callable[Concatenate[Connection, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do something, and write down that it was done; without a subject of its own it is about what `do` returns."""
    result = do(conn, *args, **kwargs)
    audit.note(conn, [done if done.subject else about(conn, done, result)])
    return result


def noting_at(
    conn: Connection,
    done: Deed,
    extension: str,
    do: Callable[Concatenate[Connection, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do something at an extension, and write down that it was done, for the account whose extension that is."""
    result = do(conn, *args, **kwargs)
    audit.note(conn, [audit.owned(conn, done, extension)])
    return result


def about(conn: Connection, done: Deed, thing: object) -> Deed:
    """Return a deed as one that was done to this."""
    match thing:
        case Account(id=account_id):
            return replace(done, subject=f"account {account_id}", account_id=account_id)
        case Terminal(number=number, owner_id=owner_id):
            return replace(done, subject=f"extension {number}", account_id=owner_id)
        case App(id=app_id, account_id=account_id):
            return replace(done, subject=f"app {app_id}", account_id=account_id)
        case FaxView(id=fax_id, extension=extension):
            return audit.owned(conn, replace(done, subject=f"fax {fax_id}"), extension)
        case MissedCall(id=missed_id):
            return replace(done, subject=f"missed call {missed_id}", account_id=None)
        case InboxView(id=inbox_id, extension=extension):
            return audit.owned(conn, replace(done, subject=f"received {inbox_id}"), extension)
        case Contact(id=contact_id, account_id=account_id):
            return replace(done, subject=f"contact {contact_id}", account_id=account_id)
        case _:
            raise TypeError(f"nothing is known about a {type(thing).__name__}")


def exported(entry: Entry) -> dict[str, object]:
    """Return an entry as it is exported, a JSON object a line."""
    return members(entry.id, entry.deed) | {"sha256": entry.sha256}


class Heads:
    """Signs the last entry, so that an end that is cut off is missed."""

    def __init__(self, db: Database, keys: ReceiptKeys, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._keys = keys
        self._clock = clock

    async def sign(self) -> None:
        """Sign the last entry, if that was not done. To be done every minute or so.

        The head goes to the log of the process, too: who keeps that elsewhere needs not trust the database.
        """
        if await self._db.aread(audit.last_entry) is not None:
            await self._db.awrite(self._sign)

    def _sign(self, conn: Connection) -> None:
        last = audit.last_entry(conn)
        if last is None:
            return
        now = self._clock()
        said = {"entry": last[0], "sha256": last[1], "iat": int(now.timestamp())}
        jws = self._keys.sign(HEAD, canonical(said).encode())
        audit.add_head(conn, last[0], jws, now)
        log.info("audit head %s", jws)


def hold(chain: Chain, heads: Iterable[str], keys: Sequence[Mapping[str, object]]) -> int:
    """Hold signed heads against a chain that was checked; return how many there were. Raises Forged."""
    count = 0
    for head in heads:
        try:
            said = json.loads(opened(head, HEAD, keys))
        except ValueError as error:
            raise Forged("a head is no JSON") from error
        chain.hold(said)
        count += 1
    return count
