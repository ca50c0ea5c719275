"""Captures of datagrams that network analysers read: pcap, with IP and UDP headers made for the addresses.

Knows no sockets and no time. What came over TCP or TLS is written as UDP too: it is for reading.
"""

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

from unifax.wire.datagram import Address

_MAGIC, _VERSION, _SNAP_OCTETS, _LINKTYPE_RAW = 0xA1B2C3D4, (2, 4), 65_535, 101
"Microseconds; packets begin with their IP header (https://www.tcpdump.org/linktypes.html)."
_UDP = 17
_LONGEST = 65_535 - 8 - 20
"Of a payload: what is longer cannot be in a datagram, and is cut."

HEADER = struct.pack("<IHHiIII", _MAGIC, *_VERSION, 0, 0, _SNAP_OCTETS, _LINKTYPE_RAW)
"Of a capture; packets follow."


def packet(at: float, source: Address, destination: Address, payload: bytes) -> bytes:
    """Return one packet of a capture; `at` is in seconds since 1970, or since whatever the capture begins with.

    Raises ValueError when the addresses are no IP addresses, or of two families.
    """
    payload = payload[:_LONGEST]
    here, there = ip_address(source.host), ip_address(destination.host)
    udp = struct.pack("!HHHH", source.port, destination.port, 8 + len(payload), 0)
    if isinstance(here, IPv4Address) and isinstance(there, IPv4Address):
        whole = _ipv4(here, there, 8 + len(payload)) + udp + payload  # without a checksum, as UDP allows over IPv4
    elif isinstance(here, IPv6Address) and isinstance(there, IPv6Address):
        pseudo = here.packed + there.packed + struct.pack("!II", 8 + len(payload), _UDP)
        checksum = _checksum(pseudo + udp + payload) or 0xFFFF
        whole = _ipv6(here, there, 8 + len(payload)) + udp[:6] + checksum.to_bytes(2, "big") + payload
    else:
        raise ValueError(f"{source} and {destination} are of two families")
    seconds, microseconds = divmod(round(at * 1_000_000), 1_000_000)
    return struct.pack("<IIII", seconds, microseconds, len(whole), len(whole)) + whole


def _ipv4(source: IPv4Address, destination: IPv4Address, octets: int) -> bytes:
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + octets, 0, 0, 64, _UDP, 0, source.packed, destination.packed)
    return head[:10] + _checksum(head).to_bytes(2, "big") + head[12:]


def _ipv6(source: IPv6Address, destination: IPv6Address, octets: int) -> bytes:
    return struct.pack("!IHBB16s16s", 0x6000_0000, octets, _UDP, 64, source.packed, destination.packed)


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
