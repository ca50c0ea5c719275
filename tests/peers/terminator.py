"""What stands before servers that know no TLS, as Debian's sipp: it speaks TLS outside, and TCP inside."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

from unifax.wire.datagram import Address, Transport


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


@contextlib.asynccontextmanager
async def terminator(certificate: Path, behind: Address, name: str) -> AsyncIterator[Address]:
    """Return where TLS is spoken; `name` is whose certificate clients shall expect."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(*behind[:2])
        await asyncio.gather(_relay(reader, inner_writer), _relay(inner_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context) as server:
        host, port = server.sockets[0].getsockname()
        yield Address(host, port, Transport.TLS, name)
