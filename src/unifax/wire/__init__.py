"""Bytes of the telephone line: SIP, SDP, UDPTL and T.30 as engines without clock, chance or sockets."""
