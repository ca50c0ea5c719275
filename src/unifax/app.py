"""The service on one machine: its folder, its ports, its processes. What each of them does is in `roles`."""

import asyncio
import errno
import fcntl
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from enum import StrEnum
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Self

import httpx

from unifax.documents.covers import read_covers, try_covers
from unifax.here import Layout, keep_secret, now
from unifax.model.audit import Action, Deed
from unifax.model.errors import Misconfigured, Unavailable
from unifax.processes import Child, End, keep_running
from unifax.roles.parts import master_keys
from unifax.service.accounts import FirstAccounts, bootstrap, operator_token
from unifax.service.agreeing import agree_on_masters, agree_on_receipt_keys
from unifax.service.receipt_keys import ReceiptKeys
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.store import executors
from unifax.store.audit import note
from unifax.store.db import Database, open_database
from unifax.store.key_prints import agree_on_key
from unifax.wire.datagram import Address
from unifax.work.namesakes import has_namesake
from unifax.work.queue import Queue

START_SECONDS = 60.0
"How long the web process may take until it answers."
DRAIN_SECONDS = 24 * 3600.0
"How long calls may go on in a service that drains: longer than any of them."
LOCK = "service.lock"
"What a service keeps locked while it is at work in its folder; its process is written there."
PORT_SECONDS = 5.0
"How long an address that is in use is waited for."


class Duty(StrEnum):
    """What a host is there for."""

    ALL = "all"
    WEB = "web"
    "To accept faxes, to make their pages, and to tell hooks."
    LINE = "line"
    "To make calls, and to answer them."


class Service:
    """All processes of one machine: `async with Service(...)` is up when it is entered, and down when it is left."""

    def __init__(self, settings: Settings, data: Path, duty: Duty = Duty.ALL) -> None:
        self.layout = Layout(data.absolute())
        self.first_accounts: FirstAccounts | None = None
        "Set when the folder was empty: the only time that secrets are shown."
        self.url = ""
        self._settings = settings
        self._duty = duty
        self._end = End()

    async def __aenter__(self) -> Self:
        """Start. Raises Misconfigured when the folder, an address or a template is no good, else Unavailable."""
        if self._duty is not Duty.ALL:
            _check_shared(self._settings)
        folder = self.layout.data
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise Misconfigured(f"{folder} cannot be the data folder: {error.strerror}") from error
        async with AsyncExitStack() as stack:
            stack.enter_context(alone_in(folder))
            self._settings = await _with_ports(self._settings, self._duty)
            await asyncio.to_thread(try_covers, read_covers(self._settings.paper.cover_folder))
            if self._duty is not Duty.LINE:
                self.url = f"http://{self._settings.web.listen}"
            with closing(open_database(folder, self._settings.database.url)) as db:
                db.write(note, [_started(self._settings)])
                Queue(db).close()  # its tables are made here, before several processes want them
                await self._join(db)
                greeting = self._settings.model_dump_json().encode() + b"\n"
                self._running = asyncio.ensure_future(self._run(greeting))
                stack.push_async_callback(self.ended)
                stack.callback(self._end.asked.set)
                if self._duty is Duty.LINE:
                    await self._until(lambda: _lines_work(db, self._settings.host.name))
                else:
                    async with httpx.AsyncClient(verify=False) as client:  # HTTP on this machine: no certificates
                        await self._until(partial(self._web_answers, client))
                    # Last: secrets are made when they can be shown, and not before a start that fails.
                    self.first_accounts = bootstrap(db, now())
                    host = self._settings.host.name if self._settings.database.url else ""
                    _keep_operator_token(self.layout, operator_token(db, now(), host))
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def stop(self) -> None:
        """Ask for the end, at any time; `ended` says when it has come. Calls that are up may go on for
        `line.drain_seconds`; asked again, they are hung up."""
        self._end.ask()

    def drain(self) -> None:
        """Ask for the end, as `stop` does, with calls going on for as long as they take."""
        self._end.patience_seconds = DRAIN_SECONDS
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
        ready = f"{self.url}/uapi" if self.url else f"calls are made by {self._settings.host.name}"
        return "\n".join([*lines, f"Ready: {ready}"])

    async def _join(self, db: Database) -> None:
        """Be one of the hosts of a database. Raises Misconfigured when we do not go together with the others."""
        await db.awrite(agree_on_masters, await asyncio.to_thread(master_keys, self._settings.files))
        if not self._settings.database.url:
            return
        name = self._settings.host.name
        if await has_namesake(db, name, self.layout.data / "executors"):
            raise Misconfigured(f"host.name: another host that is called {name} is at work on this database")
        if self._duty is not Duty.LINE:
            for key in (self.layout.upload_key, self.layout.hook_key):
                await asyncio.to_thread(agree_on_key, db, key)
            await db.awrite(agree_on_receipt_keys, ReceiptKeys(self.layout.receipt_keys))

    async def _run(self, greeting: bytes) -> None:
        """Run all processes. The fax machine ends last: calls to it may still be up."""
        line = self._settings.line
        machine = ["machine"] if self._settings.sandbox_answers and self._duty is not Duty.WEB else []
        over = End()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_running(self._children(machine), greeting, over))
            mail = ["mail"] if self._settings.mail.listen else []
            accepts = ["web", "prepare", *mail] if self._duty is not Duty.LINE else []
            calls = [*["line"] * line.processes, *["receive"] * self._settings.answers]
            roles = [*accepts, *(calls if self._duty is not Duty.WEB else [])]
            await keep_running(self._children(roles), greeting, self._end, line.drain_seconds)
            over.ask()

    def _children(self, roles: Sequence[str]) -> list[Child]:
        return [Child(role, ("unifax.roles", role, str(self.layout.data))) for role in roles]

    async def _web_answers(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/healthz")).is_success
        except httpx.TransportError:
            return False

    async def _until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        """Wait until the service works. Raises Unavailable when it does not."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        while not self._end.asked.is_set() and not self._running.done() and loop.time() < deadline:
            if await ready():
                return
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


async def _lines_work(db: Database, host: str) -> bool:
    return "line" in (await db.aread(executors.executors_of, host)).values()


def _check_shared(settings: Settings) -> None:
    """Raise Misconfigured unless several hosts can work with these settings."""
    if not settings.database.url:
        raise Misconfigured("database.url: hosts that share the work need PostgreSQL; `unifax serve` does without")
    if settings.files.bucket is None and not settings.files.folder:
        raise Misconfigured("files: hosts that share the work need the same files, by files.store or files.folder")


def is_at_work(layout: Layout) -> bool:
    """Whether a service is at work in a folder."""
    try:
        with open(layout.data / LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def drain_service(layout: Layout) -> int | None:
    """Ask the service in a folder to finish its calls and end; return its process, or None when there is none."""
    if not is_at_work(layout) or not (written := (layout.data / LOCK).read_text()):
        return None
    os.kill(int(written), signal.SIGUSR1)
    return int(written)


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
    with open(folder / LOCK, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(f"another service is at work in {folder}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))  # for who wants it to end
        lock.flush()
        yield


async def _with_ports(settings: Settings, duty: Duty) -> Settings:
    """Return the settings with every port 0 replaced by a free one, so that all processes know it.

    Raises Misconfigured when an address cannot be had.
    """
    if duty is not Duty.WEB:
        await _port(f"{Address(settings.line.address, 0)}", socket.SOCK_DGRAM)
        if settings.line.listen:
            listen = await _port(settings.line.listen, socket.SOCK_DGRAM)
            settings = settings.model_copy(update={"line": settings.line.model_copy(update={"listen": listen})})
        if settings.sandbox_answers:
            listen = await _port(settings.sandbox.listen, socket.SOCK_DGRAM)
            settings = settings.model_copy(update={"sandbox": settings.sandbox.model_copy(update={"listen": listen})})
    if duty is not Duty.LINE:
        listen = await _port(settings.web.listen, socket.SOCK_STREAM)
        settings = settings.model_copy(update={"web": settings.web.model_copy(update={"listen": listen})})
        if settings.mail.listen:
            listen = await _port(settings.mail.listen, socket.SOCK_STREAM)
            settings = settings.model_copy(update={"mail": settings.mail.model_copy(update={"listen": listen})})
    return settings


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
