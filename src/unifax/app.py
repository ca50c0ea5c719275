"""Builds everything from the settings: the processes of the service, and what each of them is made of.

The only module that reads the wall clock.
"""

import asyncio
import logging
import secrets
import socket
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import httpx
import uvicorn
import uvloop

from unifax.documents.convert import Converter
from unifax.documents.convert import Limits as PaperLimits
from unifax.line.exchange import Exchange
from unifax.line.machine import run_machine
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.errors import Misconfigured, Unavailable
from unifax.processes import Child, keep_running, until_told_to_end
from unifax.service.accounts import FirstAccounts, bootstrap
from unifax.service.delivery import Caller, Preparer
from unifax.service.sending import Limits, Sending
from unifax.settings import Settings, parse_address
from unifax.store.blobs import FolderBlobs
from unifax.store.db import Database, open_database
from unifax.web.http1 import Http1
from unifax.web.site import make_site
from unifax.wire.datagram import Address
from unifax.work.executor import Executor, Listen, Perform
from unifax.work.jobs import CALL, PREPARE, trunk_queue
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

START_SECONDS = 60.0
"How long the web process may take until it answers."


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies where in the data folder."""

    data: Path

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def sandbox(self) -> Path:
        return self.data / "sandbox"

    def received(self, number: str, call_id: str) -> Path:
        """Return the file that the sandbox machine makes of one call."""
        return self.sandbox / number / f"{call_id}.tif"


class Service:
    """All processes of one machine: `async with Service(...)` is up when it is entered, and down when it is left."""

    def __init__(self, settings: Settings, data: Path) -> None:
        """Ports given as 0 are chosen here. Raises Misconfigured when an address cannot be had."""
        self.layout = Layout(data.absolute())
        self.first_accounts: FirstAccounts | None = None
        "Set when the folder was empty: the only time that secrets are shown."
        self._settings = _with_ports(settings)
        self.url = f"http://{self._settings.web.listen}"
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        try:
            self.layout.data.mkdir(parents=True, exist_ok=True)
            self.layout.data.chmod(0o700)
        except OSError as error:
            raise Misconfigured(f"{self.layout.data} cannot be the data folder: {error.strerror}") from error
        with closing(open_database(self.layout.data)) as db:
            Queue(db).close()  # its tables are made here, before several processes want them
            self.first_accounts = bootstrap(db, now())
        self._running = asyncio.ensure_future(
            keep_running(self._children(), self._settings.model_dump_json().encode() + b"\n", self._stop)
        )
        await self._until_ready()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._running

    def welcome(self) -> str:
        """Return what a person who has started the service wants to read."""
        lines = []
        if (first := self.first_accounts) is not None:
            lines += [
                "First accounts made. This is shown once; keep it:",
                f"  extension  {first.extension}",
                f"  App key    {first.key}",
                f"  secret     {first.secret}",
                f"  token      {first.token}",
                "",
                "Send a fax:",
                f"  export UNIFAX_URL={self.url} UNIFAX_TOKEN={first.token}",
                "  echo 'This is my fax' > fax.txt",
                f'  curl -H "Authorization: Bearer $UNIFAX_TOKEN" -F files=@fax.txt'
                f" -F 'request={{\"recipients\":[\"7778888\"]}}' '{self.url}/uapi/faxes/@me/{first.extension}'",
                "",
            ]
        return "\n".join([*lines, f"Ready: {self.url}/uapi"])

    def _children(self) -> list[Child]:
        roles = ["web", "prepare", *["line"] * self._settings.line.processes]
        if self._settings.sandbox_answers:
            roles.append("machine")
        return [Child(role, ("process", role, "--data", str(self.layout.data))) for role in roles]

    async def _until_ready(self) -> None:
        """Wait until the web process answers. Raises Unavailable when it does not."""
        async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
            while not self._running.done():
                try:
                    if (await client.get(f"{self.url}/readyz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise Unavailable("the service did not start")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every process needs."""

    settings: Settings
    layout: Layout
    db: Database
    blobs: FolderBlobs
    queue: Queue


async def _web(parts: _Parts) -> None:
    """Accepts and answers."""
    fax = parts.settings.fax
    parts.blobs.clear_staging(now() - timedelta(hours=1))
    with Converter(PaperLimits(pages=fax.max_pages)) as converter:
        sending = Sending(
            parts.db,
            parts.blobs,
            parts.queue,
            converter.inspect,
            parts.settings.route,
            Limits(fax.max_files, fax.max_recipients, fax.max_bytes, fax.max_pages),
            now,
            lambda: secrets.token_hex(16),
        )
        host, port = parse_address(parts.settings.web.listen)
        site = make_site(sending, parts.db, now)
        server = uvicorn.Server(
            uvicorn.Config(
                site,
                host=host,
                port=port,
                http=Http1,
                ws="none",
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
            )
        )
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve())
            await until_told_to_end()
            server.should_exit = True
            await serving


async def _prepare(parts: _Parts) -> None:
    """Makes pages."""
    with Converter(PaperLimits(pages=parts.settings.fax.max_pages)) as converter:
        preparer = Preparer(parts.db, parts.queue, parts.blobs, converter.render, now)
        await _work(parts, "prepare", {PREPARE: preparer.prepare}, [Listen(PREPARE, here_at_once=2)], lambda: None)


async def _line(parts: _Parts) -> None:
    """Makes calls."""
    line = parts.settings.line
    routes = parts.settings.routes()
    async with Exchange(Address(line.address, 0)) as exchange:
        trunks = Trunks(
            exchange,
            {name: Trunk(Address(*parse_address(trunk.server)), trunk.paced) for name, trunk in routes.items()},
            Patience(line.ring_seconds, line.negotiation_seconds),
        )
        caller = Caller(parts.db, parts.queue, parts.blobs, parts.settings.retry.policy(), trunks.dial, now)
        listens = [Listen(trunk_queue(name), at_once=trunk.channels) for name, trunk in routes.items()]
        await _work(parts, "line", {CALL: caller.call}, listens, trunks.hang_up)


async def _machine(parts: _Parts) -> None:
    """Is the sandbox fax machine."""
    sandbox = parts.settings.sandbox
    async with asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(
            run_machine(Address(*parse_address(sandbox.listen)), parts.layout.sandbox, sandbox.numbers)
        )
        await until_told_to_end()
        answering.cancel()


async def _work(
    parts: _Parts, role: str, works: Mapping[str, Perform], listens: Sequence[Listen], hang_up: Callable[[], None]
) -> None:
    """Take work from queues until told to end. What is being done then is hung up, and gets a moment to be written."""
    async with Executor(parts.db, parts.queue, role, works, listens, now, on_fenced=hang_up) as executor:
        async with asyncio.TaskGroup() as tasks:
            told = tasks.create_task(until_told_to_end())
            fenced = tasks.create_task(executor.fenced.wait())
            await asyncio.wait({told, fenced}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            fenced.cancel()
        executor.stop()
        hang_up()


ROLES: Mapping[str, Callable[[_Parts], Coroutine[None, None, None]]] = {
    "web": _web,
    "prepare": _prepare,
    "line": _line,
    "machine": _machine,
}
"The processes there are."


def run_role(role: str, data: Path) -> None:
    """Be one process of the service, with the settings that its supervisor writes to our standard input."""
    settings = Settings.model_validate_json(sys.stdin.buffer.readline())
    layout = Layout(data)
    with closing(open_database(data)) as db, closing(Queue(db)) as queue:
        parts = _Parts(settings, layout, db, FolderBlobs(layout.blobs), queue)
        uvloop.run(ROLES[role](parts))


def _with_ports(settings: Settings) -> Settings:
    """Return the settings with every port 0 replaced by a free one, so that all processes know it."""
    web = settings.web.model_copy(update={"listen": _port(settings.web.listen, socket.SOCK_STREAM)})
    if not settings.sandbox_answers:
        return settings.model_copy(update={"web": web})
    sandbox = settings.sandbox.model_copy(update={"listen": _port(settings.sandbox.listen, socket.SOCK_DGRAM)})
    return settings.model_copy(update={"web": web, "sandbox": sandbox})


def _port(listen: str, kind: socket.SocketKind) -> str:
    """Return an address that can be listened on. Raises Misconfigured when it cannot."""
    host, port = parse_address(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return str(Address(*probe.getsockname()[:2]))
    except OSError as error:
        raise Misconfigured(f"{listen} cannot be listened on: {error.strerror}") from error
