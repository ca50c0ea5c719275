"""What accounts, Apps and terminals are called: each form of a name has one door in. Knows no database.

Every `parse_…` returns the form that is kept, and raises RequestInvalid with a sentence that says what is wrong.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from unifax.model.errors import RequestInvalid

MAX_NAME = 100
MAX_LOGIN = 100
MAX_STATION_ID = 20
MAX_HEADER_TEXT = 60
MAX_REDIRECT_URI = 2000
MAX_REDIRECT_URIS = 20
MIN_PASSWORD = 12
"NIST SP 800-63B-4 asks for 15 where nothing else is asked for, and for 8 where something is. Twelve, not guessable."
MAX_PASSWORD = 256

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]*", re.ASCII)
_STATION_ID = re.compile(r"[0-9+*# ]+", re.ASCII)
_URI = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)  # RFC 3986 2, without `#`


def parse_name(text: str) -> str:
    """Return the name of an account or an App: one line of printable text."""
    return _line("name", text, MAX_NAME)


def parse_header_text(text: str) -> str:
    """Return who sends, for the header line of each page (47 CFR 68.318(d))."""
    return _line("headerText", text, MAX_HEADER_TEXT)


def parse_login(text: str) -> str:
    """Return a login: small letters, digits and `._@+-`, so that one person's cannot look like another's."""
    login = text.strip().lower()
    if len(login) > MAX_LOGIN or not _LOGIN.fullmatch(login):
        raise RequestInvalid(f"'login' must be up to {MAX_LOGIN} letters, digits and any of . _ @ + -")
    return login


def parse_station_id(text: str) -> str:
    """Return what a machine calls itself in T.30 (TSI, CSI; T.30 5.3.6.2.4)."""
    station_id = text.strip(" ")
    if len(station_id) > MAX_STATION_ID or not _STATION_ID.fullmatch(station_id):
        raise RequestInvalid(f"'stationId' must be up to {MAX_STATION_ID} of the characters 0-9 + * # and space.")
    return station_id


def parse_password(text: str) -> str:
    """Return a password as it is. Length alone is asked of it (NIST SP 800-63B-4 3.1.1.2)."""
    if not MIN_PASSWORD <= len(text) <= MAX_PASSWORD:
        raise RequestInvalid(f"'password' must be of {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise RequestInvalid("'password' holds half a character.")
    return text


def parse_redirect_uri(text: str) -> str:
    """Return an address that a code may be sent to: https anywhere, or http on this machine (RFC 8252 7.3, 8.3)."""
    refused = RequestInvalid(
        "A redirect URI must be absolute, begin with https:// (or http:// on 127.0.0.1, [::1] or localhost), "
        "name no user, and hold no fragment."
    )
    if len(text) > MAX_REDIRECT_URI or not _URI.fullmatch(text):
        raise refused
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise refused from error
    if not host or parts.username is not None or parts.password is not None:
        raise refused
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise refused
    return text


def _line(what: str, text: str, longest: int) -> str:
    line = text.strip()
    if not line or len(line) > longest or not line.isprintable():
        raise RequestInvalid(f"'{what}' must be one line of up to {longest} printable characters.")
    return line


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
