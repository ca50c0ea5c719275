"""The cast: Alice owns an organization, Bob and Beth work for her; Charlie is elsewhere and must never see anything.

All of it is real, in a folder of its own: database, blobs, queue. Only the look into documents is a short one.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
from starlette.types import ASGIApp

from tests.faxes import text_page
from tests.postgres import opened
from unifax.documents.intake import Found, Kind, Unfit, kind_of
from unifax.documents.pages import Page, PageWriter
from unifax.documents.report import packed_report
from unifax.model.accounts import AccountKind, Extension, Viewer
from unifax.model.errors import FileInvalid
from unifax.model.keeping import KeepingRules
from unifax.model.numbering import NumberingPlan
from unifax.model.numbers import ExtensionNumber
from unifax.model.paper import RASTERS, Coding, PageReport, Resolution, Treatment
from unifax.model.reach import parse_network
from unifax.model.routes import Route, Routes
from unifax.model.trace import UNTRACED, Traces
from unifax.service.delivery import Render
from unifax.service.following import Following
from unifax.service.hooks import Hooks
from unifax.service.idempotency import Keys
from unifax.service.limits import Limits
from unifax.service.office import Office
from unifax.service.passwords import Passwords
from unifax.service.previewing import Previewing
from unifax.service.rates import Quotas, Rates
from unifax.service.readiness import Part, Readiness, database
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.recipients import Recipients
from unifax.service.reporting import Reporting, SetReport
from unifax.service.retention import Retention
from unifax.service.sending import Sending
from unifax.service.signing import HookKeys
from unifax.service.uploading import Uploading
from unifax.store import accounts, tokens
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.web.site import make_site
from unifax.work.queue import Queue

FINE = RASTERS[Resolution.FINE]

T = TypeVar("T")

ROWS = 60
"Of a page that is drawn here."

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """An account with an App of its own."""

    viewer: Viewer
    token: str
    extension: Extension | None = None

    @property
    def id(self) -> int:
        return self.viewer.account_id


@dataclass
class World:
    """Everybody, and the service they use."""

    folder: Path
    db: Database
    blobs: Blobs
    queue: Queue
    root: Person
    "The administrator."
    alice: Person
    bob: Person
    "Extension 0003*210."
    beth: Person
    "Extension 0003*211."
    charlie: Person
    "Extension 0004*210."
    loop: asyncio.Runner
    inspect: Callable[[Path, str], Found] = field(default=lambda path, name: glance(path, name))
    render: Render = field(default=lambda files, out, header, paper: draw(files, out))
    set_report: SetReport = field(default=lambda report, picture: b"%PDF-1.7 " + packed_report(report) + picture)
    numbering: NumberingPlan = field(default_factory=NumberingPlan)
    limits: Limits = field(default_factory=Limits)
    silence_seconds: float = 60.0
    rates: Rates = field(default_factory=lambda: Rates(Quotas(0, 0, 0, 0), lambda: NOW))
    uids: int = 0
    public_url: str = ""
    metrics_token: str = ""
    rules: KeepingRules = field(default_factory=KeepingRules)
    now: datetime = NOW
    charsets: list[str | None] = field(default_factory=list)
    "Those named for the files that were looked into."
    traces: Traces = UNTRACED
    parts: Sequence[Part] = ()
    "What faxes need besides the database."
    _asked: tuple[object, ASGIApp] | None = None
    "The site that was asked last, and what it was made with."

    def run(self, doing: Coroutine[object, object, T]) -> T:
        return self.loop.run(doing)

    def sending(self) -> Sending:
        return Sending(
            db=self.db,
            blobs=self.blobs,
            queue=self.queue,
            inspect=self._inspect,
            recipients=Recipients(self.numbering, ROUTES.first, self.limits, lambda: self.now),
            clock=lambda: self.now,
            new_uid=self.new_uid,
            keys=Keys(self.db, lambda: self.now),
            covers=["letterhead"],
            readiness=Readiness([database(self.db), *self.parts]),
        )

    def _inspect(self, path: Path, name: str, charset: str | None) -> Found:
        self.charsets.append(charset)
        return self.inspect(path, name)

    def new_uid(self) -> str:
        self.uids += 1
        return f"{self.uids:032x}"

    def site(self) -> ASGIApp:
        """Return the site; it takes a while to make, so it is made anew only when something about it has changed."""
        paper = (self.blobs, self.limits, self.rules, self.numbering, self.parts)
        made_with = (*paper, self.silence_seconds, self.rates, self.public_url, self.metrics_token, self.traces)
        if self._asked is None or self._asked[0] != made_with:
            self._asked = (made_with, make_site(self.office(), lambda: "request-1", self.silence_seconds, self.traces))
        return self._asked[1]

    def office(self) -> Office:
        sending = self.sending()
        uploading = Uploading(sending, self.db, self.queue, self.folder / "keys" / "uploads.key", lambda: self.now)
        previewing = Previewing(sending, lambda *order: self.render(*order))
        parts = (self.db, self.blobs, self.queue, sending, previewing, Passwords(), lambda: self.now, self.rates)
        return Office(
            *parts,
            uploading,
            Following(self.db),
            self.hooks,
            self.receipt_keys,
            self.retention,
            self.reporting,
            {"carrier": 30},
            self.metrics_token,
            self.public_url,
        )

    @property
    def retention(self) -> Retention:
        return Retention(self.db, self.queue, self.blobs, self.rules, lambda: self.now)

    @property
    def reporting(self) -> Reporting:
        return Reporting(self.db, self.blobs, lambda *made: self.set_report(*made), lambda: self.now, UTC)

    @property
    def hooks(self) -> Hooks:
        """Hooks that may lead to this machine, too."""
        return Hooks(self.db, self.queue, self.hook_keys, [parse_network("127.0.0.0/8")], lambda: self.now)

    @property
    def receipt_keys(self) -> ReceiptKeys:
        return ReceiptKeys(self.folder / "keys" / "receipts")

    @property
    def hook_keys(self) -> HookKeys:
        return HookKeys(self.folder / "keys" / "hooks.key")

    def ask(self, method: str, path: str, who: Person | None = None, **more: object) -> httpx.Response:
        """Ask the site one thing, as somebody."""
        headers = dict(more.pop("headers", None) or {})  # type: ignore[call-overload]  # whatever httpx takes
        if who is not None:
            headers["Authorization"] = f"Bearer {who.token}"

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.site())
            async with httpx.AsyncClient(transport=transport, base_url="http://unifax") as client:
                return await client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]  # likewise

        return self.run(asking())

    def staged(self) -> list[Path]:
        """Return the files that were received but are not kept."""
        return list((self.folder / "blobs" / "staging").iterdir())

    def faxes(self) -> int:
        return self.db.read(lambda conn: int(conn.exec_driver_sql("SELECT count(*) FROM faxes").scalar_one()))

    def column(self, query: str) -> list[object]:
        """Return the first column of a query, for what no function of ours shows."""
        return self.db.read(lambda conn: list(conn.exec_driver_sql(query).scalars()))

    def execute(self, statement: str) -> None:
        self.db.write(lambda conn: conn.exec_driver_sql(statement) and None)

    def nothing_is_left(self) -> bool:
        """Whether no trace remains of a request that was refused."""
        return not self.staged() and not self.faxes()


ROUTES = Routes([Route("sandbox", ["*"], deny=["999*"])], deny=["0900*"])
"One trunk, which reaches all numbers but those that begin with 999; nobody may call those that begin with 0900."


def glance(path: Path, name: str) -> Found:
    """Look at the beginning of a document only. Text is a page for every 60 lines."""
    try:
        data = path.read_bytes()
        kind = kind_of(data)
    except Unfit as why:
        raise FileInvalid(name, str(why)) from why
    return Found(kind, data.count(b"\n") // 60 + 1 if kind is Kind.TXT else 1)


def draw(files: Sequence[tuple[Path, str]], out: Path) -> Sequence[PageReport]:
    """Draw a short page for each page that `glance` sees."""
    pages = [index for index, (path, name) in enumerate(files) for _ in range(glance(path, name).pages)]
    reports = []
    with out.open("w+b") as file, PageWriter(file.fileno(), len(pages)) as writer:
        for number, index in enumerate(pages, 1):
            white = text_page(number, ROWS).tobytes()
            octets = writer.write(Page(FINE.width, ROWS, FINE.x_dpi, FINE.y_dpi, bytes(255 - byte for byte in white)))
            report = PageReport(number, index, Resolution.FINE, ROWS, Treatment.TEXT, {Coding.MMR: octets})
            reports.append(report)
    return reports


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """Make the cast in an empty folder."""
    db = opened(folder)
    queue = Queue(db)
    cast = db.write(_cast)
    with asyncio.Runner() as loop:
        yield World(folder, db, Blobs(folder / "blobs"), queue, *cast, loop)
    queue.close()
    db.close()


def _cast(conn: Connection) -> tuple[Person, Person, Person, Person, Person]:
    root = _person(conn, AccountKind.ADMINISTRATOR, None, "root")
    alice = _person(conn, AccountKind.ORGANIZATION, root.id, "alice")
    bob = _person(conn, AccountKind.USER, alice.id, "bob", "0003*210")
    beth = _person(conn, AccountKind.USER, alice.id, "beth", "0003*211")
    other = accounts.add_account(conn, AccountKind.ORGANIZATION, root.id, "other", NOW)
    charlie = _person(conn, AccountKind.USER, other, "charlie", "0004*210")
    return root, alice, bob, beth, charlie


def _person(conn: Connection, kind: AccountKind, parent: int | None, name: str, number: str | None = None) -> Person:
    account = accounts.add_account(conn, kind, parent, name, NOW)
    app = accounts.add_app(conn, account, f"app of {name}", f"key-{name}", f"secret-{name}", trusted=True)
    token = f"token.of-{name}_1"
    tokens.add_token(conn, app, account, token, NOW, NOW + timedelta(hours=1))
    extension = None
    if number is not None:
        parsed = ExtensionNumber.parse(number)
        assert parsed is not None
        extension = accounts.add_extension(conn, account, parsed, number.replace("*", " "), name.title())
    return Person(Viewer(account, kind, app), token, extension)
