"""A person lets an App act for an account (RFC 6749 4.1.1, 4.1.2). Knows no HTTP, no pages and no sessions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from unifax.model.accounts import Viewer
from unifax.model.oauth import Denied, Trouble
from unifax.service.granting import new_secret
from unifax.store import accounts, tokens
from unifax.store.db import Connection
from unifax.store.tokens import Client, Code, Consent

CODE = timedelta(minutes=10)
"The longest that RFC 6749 4.1.2 advises, and what VoipNow's page promises."

_S256 = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:[/?].*)?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of an App to act for somebody, that somebody can be asked about."""

    client: Client
    back: str
    "Where the answer goes."
    redirect_uri: str
    "As the request had it; empty when it had none."
    state: str | None
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Stranger:
    """A request that names no App of ours, or no address of it: nobody is sent anywhere (RFC 6749 4.1.2.1)."""

    reason: str
    "For the person in front of it."


@dataclass(frozen=True, slots=True)
class SentBack:
    """A request that its App is told about."""

    back: str
    state: str | None
    denied: Denied


def read_request(conn: Connection, parameters: Sequence[tuple[str, str]]) -> Asked | Stranger | SentBack:
    """Return what an authorization request asks for. What it says besides is ignored (`type`, `scope`)."""
    given = {name: value for name, value in reversed(parameters) if value}
    twice = {name for name, _ in parameters if sum(name == other for other, _ in parameters) > 1}
    client = tokens.client_of_key(conn, given.get("client_id", ""))
    if client is None or "client_id" in twice:
        return Stranger("There is no App with this client_id, or it may not be used.")
    redirect_uri = given.get("redirect_uri", "")
    back = _way_back(client, redirect_uri)
    if back is None or "redirect_uri" in twice:
        return Stranger("The address to go back to (redirect_uri) is not one that is registered for this App.")
    state = given.get("state")
    denied = _denied(given, bool(twice & {"response_type", "state", "code_challenge", "code_challenge_method"}))
    if denied is not None:
        return SentBack(back, state, denied)
    return Asked(client, back, redirect_uri, state, given.get("code_challenge"))


def may_consent(conn: Connection, viewer: Viewer, client: Client) -> bool:
    """Whether an account may let an App act for it: an App serves the account whose it is, and those below."""
    return accounts.owns(conn, client.account, viewer.account_id)


def consent(conn: Connection, viewer: Viewer, asked: Asked, now: datetime) -> str | None:
    """Let the App act for the viewer's account, and return the code to tell it; None when it may not."""
    if not may_consent(conn, viewer, asked.client):
        return None
    code = new_secret()
    granted = Code(Consent(new_secret(), asked.client.id, viewer.account_id), asked.redirect_uri, asked.challenge)
    tokens.add_code(conn, code, granted, now, now + CODE)
    return code


def way_back(back: str, state: str | None, issuer: str, **told: str) -> str:
    """Return the address that tells an App the answer (RFC 6749 4.1.2), and who gave it (RFC 9207)."""
    answer = urlencode(told | ({} if state is None else {"state": state}) | {"iss": issuer}, errors="replace")
    return f"{back}{'&' if '?' in back else '?'}{answer}"


def _denied(given: dict[str, str], twice: bool) -> Denied | None:
    challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
    if twice:
        return Denied(Trouble.INVALID_REQUEST, "A parameter is given twice.")
    if "response_type" not in given:
        return Denied(Trouble.INVALID_REQUEST, "response_type is missing.")
    if given["response_type"] != "code":
        return Denied(Trouble.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code.")
    if challenge is None and method is None:
        return None
    if method != "S256":  # without a method it would be plain, which hides nothing (RFC 7636 4.3, RFC 9700 2.1.1)
        return Denied(Trouble.INVALID_REQUEST, "code_challenge_method must be S256.")
    if challenge is None or not _S256.fullmatch(challenge):
        return Denied(Trouble.INVALID_REQUEST, "code_challenge must be 43 characters of base64url.")
    return None


def _way_back(client: Client, redirect_uri: str) -> str | None:
    """Return the registered address that is meant; the only one there is, when none is named (RFC 6749 3.1.2.3)."""
    if not redirect_uri:
        return client.redirect_uris[0] if len(client.redirect_uris) == 1 else None
    anywhere = _portless(redirect_uri)
    for registered in client.redirect_uris:
        if redirect_uri == registered or (anywhere is not None and anywhere == _portless(registered)):
            return redirect_uri
    return None


def _portless(uri: str) -> tuple[str, str] | None:
    """Return an address of this machine without its port: an App takes the one that is free (RFC 8252 7.3)."""
    found = _LOOPBACK.fullmatch(uri)
    return None if found is None else (found[1], found[2])
