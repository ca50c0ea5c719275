"""HTTP/1.1 as uvicorn speaks it, but bytes that are no HTTP meet the one JSON shape, and a head must come in time.

The only module that knows the HTTP server's inside. Knows no route.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from unifax.web.edge import spelled
from unifax.web.uapi.errors import error_response


class Http1(H11Protocol):
    """One connection of a client."""

    head_seconds = 20.0
    """A client that takes longer from its first byte to the end of its headers, or connects and says nothing, is
    hung up on: connections are few, and cost the one who only opens them nothing (Apache: 20 to 40, nginx: 60)."""
    _hanging_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        transport.set_protocol(_InPieces(self))
        self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._expect_a_head()
        else:
            self._expect_nothing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, unless an answer is on its way already; and hang up."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = error_response(400, "request_invalid", "This is not a request that HTTP/1.1 allows.")
            headers = [(spelled(name), value) for name, value in answer.raw_headers]
            start = h11.Response(
                status_code=answer.status_code, headers=[*headers, (b"Connection", b"close")], reason=b"Bad Request"
            )
            for event in (start, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _expect_a_head(self) -> None:
        if self._hanging_up is None:
            self._hanging_up = self.loop.call_later(self.head_seconds, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._hanging_up is not None:
            self._hanging_up.cancel()
            self._hanging_up = None


class _InPieces(asyncio.BufferedProtocol):
    """Reads for a connection, not much at a time.

    Loops read a quarter of a megabyte by themselves, and uvicorn holds that twice over for each client whose body comes
    faster than we write it down: 0.8 MB a client.
    """

    _piece = memoryview(bytearray(32 * 1024))
    "Of all connections: what was read is taken out of it before the loop reads again."

    def __init__(self, connection: Http1) -> None:
        self.connection_lost = connection.connection_lost  # type: ignore[method-assign]  # all but reading is its own
        self.eof_received = connection.eof_received  # type: ignore[method-assign]  # likewise
        self.pause_writing = connection.pause_writing  # type: ignore[method-assign]  # likewise
        self.resume_writing = connection.resume_writing  # type: ignore[method-assign]  # likewise
        self._take = connection.data_received

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._piece

    def buffer_updated(self, nbytes: int) -> None:
        self._take(bytes(self._piece[:nbytes]))
