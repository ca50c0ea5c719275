"""The token endpoint's decisions: which App is this, and what does it get (RFC 6749 3.2, RFC 7009). Knows no HTTP.

Authlib is used for its PKCE, and in the tests as an App that talks to us; its AuthorizationServer is not. It writes
issued tokens to the debug log, raises ValueError at hostile parameters, refuses plain HTTP behind a proxy unless an
environment variable allows it, and leaves what is hard, single use and families of tokens, to the one who uses it.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import unquote

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # it has no types

from unifax.model.oauth import Denied, Granted, Trouble
from unifax.store import tokens
from unifax.store.accounts import digest
from unifax.store.db import Connection
from unifax.store.tokens import Client, Consent

ACCESS = timedelta(hours=1)
"As VoipNow's, from version 23 of its page on; clients renew their token five minutes early."
REFRESH = timedelta(days=30)
"Of the last refresh token: an App that comes back in time stays let in."

Parameters = Mapping[str, str]


def new_secret() -> str:
    """Return a token, code or session: 256 bits in `A-Z a-z 0-9 _ -`, which the known clients accept."""
    return secrets.token_urlsafe(32)


def client_of(conn: Connection, key: str, secret: str) -> Client | None:
    """Return the App with this key and this secret.

    Either may be percent-encoded once: RFC 6749 2.3.1 wants that in HTTP Basic, and the vendor's click2fax does it in
    its multipart body. Every comparison is made, whatever the one before it said.
    """
    shown = (digest(secret), digest(unquote(secret)))
    found = None
    for spelling in (key, unquote(key)):
        client = tokens.client_of_key(conn, spelling)
        kept = digest("") if client is None else client.secret_sha256
        right = hmac.compare_digest(shown[0], kept) | hmac.compare_digest(shown[1], kept)
        found = client if right and client is not None else found
    return found


def grant(conn: Connection, client: Client, asked: Parameters, now: datetime) -> Granted | Denied:
    """Give an App what it asks for by `grant_type`. Runs in a transaction that is kept, whatever the answer."""
    match asked.get("grant_type"):
        case None:
            return Denied(Trouble.INVALID_REQUEST, "grant_type is missing.")
        case "client_credentials":
            return _by_trust(conn, client, now)
        case "authorization_code":
            return _by_code(conn, client, asked, now)
        case "refresh_token":
            return _by_refresh_token(conn, client, asked, now)
        case _:
            return Denied(
                Trouble.UNSUPPORTED_GRANT_TYPE,
                "grant_type must be client_credentials, authorization_code or refresh_token.",
            )


def revoke(conn: Connection, client: Client, asked: Parameters, now: datetime) -> Denied | None:
    """End a token of the App. One that is not known, or not the App's, is ended already (RFC 7009 2.2)."""
    token = asked.get("token")
    if token is None:
        return Denied(Trouble.INVALID_REQUEST, "token is missing.")
    tokens.revoke(conn, client, token, now)
    return None


def _by_trust(conn: Connection, client: Client, now: datetime) -> Granted | Denied:
    """RFC 6749 4.4: a trusted App acts for the account whose it is."""
    if not client.trusted:
        return Denied(
            Trouble.UNAUTHORIZED_CLIENT, "This App is not trusted: it needs somebody's consent (authorization_code)."
        )
    return _issued(conn, Consent(new_secret(), client.id, client.account.account_id), now, again=False)


def _by_code(conn: Connection, client: Client, asked: Parameters, now: datetime) -> Granted | Denied:
    """RFC 6749 4.1.3, RFC 7636 4.6. A code that was tried wrongly is used up, too."""
    code = asked.get("code")
    if code is None:
        return Denied(Trouble.INVALID_REQUEST, "code is missing.")
    granted = tokens.use_code(conn, client, code, now)
    if granted is None:
        return Denied(Trouble.INVALID_GRANT, "This code is not known, too old, or was used before.")
    if granted.redirect_uri and asked.get("redirect_uri") != granted.redirect_uri:
        return Denied(Trouble.INVALID_GRANT, "redirect_uri is not the one the code was asked for with.")
    if not proves(asked.get("code_verifier"), granted.challenge):
        return Denied(Trouble.INVALID_GRANT, "code_verifier does not belong to the code_challenge.")
    return _issued(conn, granted.consent, now, again=True)


def _by_refresh_token(conn: Connection, client: Client, asked: Parameters, now: datetime) -> Granted | Denied:
    """RFC 6749 6, with a new refresh token each time (RFC 9700 4.14.2)."""
    token = asked.get("refresh_token")
    if token is None:
        return Denied(Trouble.INVALID_REQUEST, "refresh_token is missing.")
    consent = tokens.use_refresh_token(conn, client, token, now)
    if consent is None:
        return Denied(Trouble.INVALID_GRANT, "This refresh token is not known, too old, or was used before.")
    return _issued(conn, consent, now, again=True)


def proves(verifier: str | None, challenge: str | None) -> bool:
    """Whether a verifier belongs to an S256 challenge (RFC 7636 4.6); without the one, there must not be the other.

    A verifier without a challenge means that somebody took the challenge out of the request (RFC 9700 4.8.2).
    """
    if verifier is None or challenge is None:
        return verifier is None and challenge is None
    if not verifier.isascii():
        return False
    return hmac.compare_digest(str(create_s256_code_challenge(verifier)).encode(), challenge.encode())


def _issued(conn: Connection, consent: Consent, now: datetime, again: bool) -> Granted:
    """Make an access token, and a refresh token when the App may come again."""
    access, refresh = new_secret(), new_secret() if again else None
    tokens.issue(conn, consent, "access", access, now, now + ACCESS)
    if refresh is not None:
        tokens.issue(conn, consent, "refresh", refresh, now, now + REFRESH)
    return Granted(access, int(ACCESS.total_seconds()), refresh)
