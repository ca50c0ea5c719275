"""A reader of captures that believes nothing: every length and checksum is looked at."""

import struct
from dataclasses import dataclass
from ipaddress import ip_address

from unifax.wire.datagram import Address


@dataclass(frozen=True, slots=True)
class Captured:
    """One datagram of a capture."""

    at: float
    source: Address
    destination: Address
    payload: bytes


def read_pcap(data: bytes) -> list[Captured]:
    """Read a capture of IP packets, each a whole UDP datagram; fails the test where anything in it is not right."""
    magic, major, minor, _, _, snap_octets, link = struct.unpack_from("<IHHiIII", data)
    assert (magic, major, minor, link) == (0xA1B2C3D4, 2, 4, 101)
    at, found = 24, []
    while at < len(data):
        seconds, microseconds, kept, octets = struct.unpack_from("<IIII", data, at)
        assert kept == octets <= snap_octets
        assert microseconds < 1_000_000
        packet = data[at + 16 : at + 16 + kept]
        assert len(packet) == kept
        found.append(_datagram(seconds + microseconds / 1e6, packet))
        at += 16 + kept
    return found


def _datagram(at: float, packet: bytes) -> Captured:
    version = packet[0] >> 4
    if version == 4:
        assert packet[0] == 0x45
        assert int.from_bytes(packet[2:4], "big") == len(packet)
        assert (packet[9], _sum(packet[:20])) == (17, 0xFFFF)
        hosts, udp = (packet[12:16], packet[16:20]), packet[20:]
        assert udp[6:8] == b"\0\0"
    else:
        assert version == 6
        assert int.from_bytes(packet[4:6], "big") == len(packet) - 40
        assert packet[6] == 17
        hosts, udp = (packet[8:24], packet[24:40]), packet[40:]
        assert _sum(packet[8:40] + len(udp).to_bytes(4, "big") + b"\0\0\0\x11" + udp) == 0xFFFF
    source, destination, octets = struct.unpack_from("!HHH", udp)
    assert octets == len(udp)
    here, there = (str(ip_address(host)) for host in hosts)
    return Captured(at, Address(here, source), Address(there, destination), udp[8:])


def _sum(data: bytes) -> int:
    total = sum(int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total
