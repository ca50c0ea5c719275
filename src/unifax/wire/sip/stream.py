"""SIP messages on a stream: where one ends and the next begins (RFC 3261 7.5, 18.3; RFC 5626 4.4.1). Reads no message.

A stream that has lost its beat can never find it again: then a ProtocolError ends it.
"""

import re

from unifax.model.errors import ProtocolError
from unifax.wire.sip.message import MAX_OCTETS, octets_of

PING, PONG = b"\r\n\r\n", b"\r\n"

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_LONGEST_END = 4


class Stream:
    """What has come over one connection and is no whole message yet: 64 KiB at most, and each octet is read once."""

    def __init__(self) -> None:
        self.pings = 0
        "PINGs that want a PONG; the owner answers and takes them off."
        self._buffer = bytearray()
        self._read = 0
        "So much of the buffer holds no end of headers."
        self._needed: int | None = None
        "Length of the message that the buffer begins with, once its headers are there."

    def receive(self, data: bytes) -> list[bytes]:
        """Return the messages that are whole now. Raises ProtocolError when this is no SIP; then close the stream."""
        self._buffer += data
        whole = []
        while (message := self._next()) is not None:
            whole.append(message)
        return whole

    def _next(self) -> bytes | None:
        if self._needed is None:
            self._skip_keep_alives()
            self._needed = self._length()
        if self._needed is None or len(self._buffer) < self._needed:
            return None
        message = bytes(self._buffer[: self._needed])
        del self._buffer[: self._needed]
        self._read, self._needed = 0, None
        return message

    def _skip_keep_alives(self) -> None:
        at = 0
        while self._buffer.startswith(PING, at):
            self.pings += 1
            at += len(PING)
        after = at + len(PONG)
        if self._buffer.startswith(PONG, at) and self._buffer[after : after + 1].strip(b"\r"):
            at = after
        del self._buffer[:at]

    def _length(self) -> int | None:
        end = _END_OF_HEADERS.search(self._buffer, self._read)
        if end is None:
            if len(self._buffer) > MAX_OCTETS:
                raise ProtocolError("headers without an end")
            self._read = max(0, len(self._buffer) - _LONGEST_END + 1)
            return None
        length = octets_of(bytes(self._buffer[: end.end()]))
        if length > MAX_OCTETS:
            raise ProtocolError(f"message of {length} octets")
        return length
