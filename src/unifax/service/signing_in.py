"""A login and a password become a session. Must not know: cookies, pages, or how often somebody may try."""

from datetime import datetime, timedelta

from unifax.model.audit import Action, Deed
from unifax.model.errors import RequestInvalid
from unifax.model.naming import parse_login
from unifax.service import auditing
from unifax.service.granting import new_secret
from unifax.service.passwords import Passwords, outdated
from unifax.store import audit, sessions
from unifax.store.db import Database

SESSION = timedelta(hours=12)
"A working day."


async def sign_in(db: Database, passwords: Passwords, login: str, password: str, now: datetime) -> str | None:
    """Return the secret of a new session, or None when login and password do not belong together.

    The answer takes as long for a login that there is as for one that there is not.
    """
    try:
        known = await db.aread(sessions.login_of, parse_login(login))
    except RequestInvalid:
        known = None
    if not await passwords.matches(known.password if known else None, password) or known is None:
        await db.awrite(audit.note, [_done(Action.SIGN_IN_REFUSED, known, now)])
        return None
    if outdated(known.password):
        anew = await passwords.hashed(password)
        await db.awrite(sessions.keep_password, known.account_id, known.password, anew)
    secret = new_secret()
    done = _done(Action.SIGNED_IN, known, now)
    await db.awrite(auditing.noting, done, sessions.begin_session, known.account_id, secret, now, now + SESSION)
    return secret


def _done(action: Action, known: sessions.Login | None, now: datetime) -> Deed:
    """Return that somebody has come in, or was refused: then nobody knows who did it."""
    account_id = None if known is None else known.account_id
    actor_id = account_id if action is Action.SIGNED_IN else None
    return Deed(
        now, action, "a login that is not known" if known is None else f"account {account_id}", account_id, actor_id
    )
