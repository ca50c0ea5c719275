"""The service on one machine: its folder, its ports, its processes. What each of them does is in `roles`."""

import asyncio
import errno
import fcntl
import socket
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Self

import httpx

from unifax.documents.covers import read_covers, try_covers
from unifax.here import Layout, keep_secret, now
from unifax.model.audit import Action, Deed
from unifax.model.errors import Misconfigured, Unavailable
from unifax.processes import Child, End, keep_running
from unifax.service.accounts import FirstAccounts, bootstrap, operator_token
from unifax.settings import Settings, parse_address
from unifax.store.audit import note
from unifax.store.db import open_database
from unifax.wire.datagram import Address
from unifax.work.queue import Queue

START_SECONDS = 60.0
"How long the web process may take until it answers."
PORT_SECONDS = 5.0
"How long an address that is in use is waited for."


class Service:
    """All processes of one machine: `async with Service(...)` is up when it is entered, and down when it is left."""

    def __init__(self, settings: Settings, data: Path) -> None:
        self.layout = Layout(data.absolute())
        self.first_accounts: FirstAccounts | None = None
        "Set when the folder was empty: the only time that secrets are shown."
        self.url = ""
        self._settings = settings
        self._end = End()

    async def __aenter__(self) -> Self:
        """Start. Raises Misconfigured when the folder, an address or a template is no good, else Unavailable."""
        folder = self.layout.data
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise Misconfigured(f"{folder} cannot be the data folder: {error.strerror}") from error
        async with AsyncExitStack() as stack:
            stack.enter_context(alone_in(folder))
            self._settings = await _with_ports(self._settings)
            await asyncio.to_thread(try_covers, read_covers(self._settings.paper.cover_folder))
            self.url = f"http://{self._settings.web.listen}"
            with closing(open_database(folder, self._settings.database.url)) as db:
                db.write(note, [_started(self._settings)])
                Queue(db).close()  # its tables are made here, before several processes want them
                greeting = self._settings.model_dump_json().encode() + b"\n"
                self._running = asyncio.ensure_future(self._run(greeting))
                stack.push_async_callback(self.ended)
                stack.callback(self._end.asked.set)
                await self._until_ready()
                # Last: secrets are made when they can be shown, and not before a start that fails.
                self.first_accounts = bootstrap(db, now())
                _keep_operator_token(self.layout, operator_token(db, now()))
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def stop(self) -> None:
        """Ask for the end, at any time; `ended` says when it has come. Calls that are up may go on for
        `line.drain_seconds`; asked again, they are hung up."""
        self._end.ask()

    async def ended(self) -> None:
        """Wait until every process has ended."""
        await asyncio.shield(self._running)

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
                "The administrator signs in as",
                f"  login      {first.login}",
                f"  password   {first.password}",
                "",
                "Send a fax:",
                f"  export UNIFAX_URL={self.url} UNIFAX_TOKEN={first.token}",
                "  echo 'This is my fax' > fax.txt",
                f'  curl -H "Authorization: Bearer $UNIFAX_TOKEN" -F files=@fax.txt'
                f" -F 'request={{\"recipients\":[\"7778888\"]}}' '{self.url}/uapi/faxes/@me/{first.extension}'",
                "",
            ]
        return "\n".join([*lines, f"Ready: {self.url}/uapi"])

    async def _run(self, greeting: bytes) -> None:
        """Run all processes. The fax machine ends last: calls to it may still be up."""
        line = self._settings.line
        machine = ["machine"] if self._settings.sandbox_answers else []
        over = End()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_running(self._children(machine), greeting, over))
            roles = ["web", "prepare", *["line"] * line.processes, *["receive"] * self._settings.answers]
            await keep_running(self._children(roles), greeting, self._end, line.drain_seconds)
            over.ask()

    def _children(self, roles: Sequence[str]) -> list[Child]:
        return [Child(role, ("unifax.roles", role, str(self.layout.data))) for role in roles]

    async def _until_ready(self) -> None:
        """Wait until the web process answers. Raises Unavailable when it does not."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        async with httpx.AsyncClient() as client:
            while not self._end.asked.is_set() and not self._running.done() and loop.time() < deadline:
                try:
                    if (await client.get(f"{self.url}/healthz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise Unavailable(
            "stopped before it was ready"
            if self._end.asked.is_set()
            else "the service does not start; its log says why"
        )


def _started(settings: Settings) -> Deed:
    """Return that the service was started, and by which trunks it calls from now on."""
    trunks = " ".join(sorted(settings.all_trunks()))
    return Deed(now(), Action.SERVICE_STARTED, "service", facts={"version": version("unifax"), "trunks": trunks})


def _keep_operator_token(layout: Layout, token: str | None) -> None:
    """Let `unifax account` in on this machine. Raises Unavailable."""
    try:
        if token is not None:
            keep_secret(layout.operator_token, token)
    except OSError as error:
        raise Unavailable(f"{layout.operator_token} cannot be written: {error.strerror}") from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a second service out of the data folder. Raises Misconfigured when we are the second.

    The kernel drops the lock with this process; children that outlive it for a moment do not hold it.
    """
    with open(folder / "service.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(f"another service is at work in {folder}") from None
        yield


async def _with_ports(settings: Settings) -> Settings:
    """Return the settings with every port 0 replaced by a free one, so that all processes know it.

    Raises Misconfigured when an address cannot be had.
    """
    await _port(f"{Address(settings.line.address, 0)}", socket.SOCK_DGRAM)
    if settings.line.listen:
        listen = await _port(settings.line.listen, socket.SOCK_DGRAM)
        settings = settings.model_copy(update={"line": settings.line.model_copy(update={"listen": listen})})
    web = settings.web.model_copy(update={"listen": await _port(settings.web.listen, socket.SOCK_STREAM)})
    if not settings.sandbox_answers:
        return settings.model_copy(update={"web": web})
    sandbox = settings.sandbox.model_copy(update={"listen": await _port(settings.sandbox.listen, socket.SOCK_DGRAM)})
    return settings.model_copy(update={"web": web, "sandbox": sandbox})


async def _port(listen: str, kind: socket.SocketKind) -> str:
    """Return an address that can be listened on. Raises Misconfigured when it cannot.

    One that is in use is waited for: the children of a service that was killed need a moment to go.
    """
    host, port = parse_address(listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PORT_SECONDS
    while True:
        try:
            with socket.socket(family, kind) as probe:
                if kind is socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                return str(Address(*probe.getsockname()[:2]))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or loop.time() >= deadline:
                raise Misconfigured(f"{listen} cannot be listened on: {error.strerror}") from error
        await asyncio.sleep(0.1)
