"""Addresses as people write them in settings. Knows no setting."""

import re

from unifax.model.errors import Misconfigured
from unifax.model.reach import ip_address_of

_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*")


def parse_address(text: str) -> tuple[str, int]:
    """Return `host:port` or `[v6]:port` as an address. Raises Misconfigured."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise Misconfigured(f"'{text}' is not an address and a port, as in 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def parse_server(text: str) -> tuple[str, int | None]:
    """Return a name or an IP address, and the port, if there is one. Raises Misconfigured."""
    host, colon, port = text.rpartition(":")
    if (text.startswith("[") and text.endswith("]")) or not colon:
        host, port = text, ""
    elif not port.isdecimal() or not 0 < int(port) <= 65535:
        host = ""
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host.rstrip(".")
    if ip_address_of(host) is None and _HOST_NAME.fullmatch(host) is None:
        raise Misconfigured(f"'{text}' is no server, as sip.example, 192.0.2.1 or [2001:db8::1]:5061 are")
    return host, int(port) if port else None
