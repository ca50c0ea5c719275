"""Where a 3xx leads, and whether we follow (RFC 3261 8.1.3.4). Knows no leg and no transaction.

A redirection is a stranger's wish to have a call made at our cost. So it is followed only to servers that our owner has
named, and only for the number that was dialled.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from unifax.model.errors import ProtocolError
from unifax.wire.sip.fields import NameAddr, Uri, param
from unifax.wire.sip.message import Response

TIMES = 3
"So often one call is redirected, at most."


def contact_to_follow(response: Response, dialled: Uri, hosts: Collection[str]) -> Uri | None:
    """Return the Request-URI to try instead of `dialled`, or None; `hosts` are those that may be called, names or
    addresses.

    Of several, the one with the largest `q` (RFC 3261 20.10).
    """
    if not 300 <= response.status < 400:
        return None
    allowed = {host.lower() for host in hosts}
    wanted = [
        (quality, uri)
        for quality, uri in map(_read, response.headers.all("Contact"))
        if uri is not None and uri.host.lower() in allowed and _digits(uri) == _digits(dialled)
    ]
    return max(wanted, key=lambda each: each[0])[1] if wanted else None


def _read(contact: str) -> tuple[float, Uri | None]:
    """Return the preference and the address of a Contact; None for one that cannot be called from here."""
    try:
        name = NameAddr.parse(contact)
        uri = Uri.parse(name.uri)
    except ProtocolError:
        return 0.0, None
    quality = re.fullmatch(r"[01](\.[0-9]{1,3})?", param(name.params, "q") or "1")
    return float(quality[0]) if quality else 0.0, replace(uri, headers="") if uri.scheme == "sip" else None


def _digits(uri: Uri) -> str:
    """Return the number that a URI dials: without the plus sign, and what people write between digits."""
    return re.sub(r"[+\-.() ]", "", uri.number.partition(";")[0])
