"""Accepting a fax: who sends, from where, to whom, and whether we can. Knows no HTTP.

The order of checks is the UnifiedAPI's: user, extension, permission, recipients, files. When `accept` returns, files,
fax and the work on it are on disk (DESIGN decision 10); when it raises, nothing of them is.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from unifax.documents.intake import Found
from unifax.model import trace
from unifax.model.accounts import AccountKind, Extension, Viewer
from unifax.model.cover import PLAIN
from unifax.model.errors import (
    AccessDenied,
    ExtensionInvalid,
    RequestInvalid,
    UserInvalid,
)
from unifax.model.keeping import Keeping
from unifax.model.paper import PaperTerms
from unifax.model.terms import Terms
from unifax.service import auditing, delivery
from unifax.service.idempotency import Keys, Once
from unifax.service.readiness import Readiness
from unifax.service.recipients import Recipients
from unifax.store import accounts, audit
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.store.faxes import NewFax, NewFile, NewRecipient
from unifax.store.together import Together
from unifax.work.queue import Queue

Inspect = Callable[[Path, str, str | None], Found]
"Says what a file is: where it lies, what its owner calls it, and the charset that he names of a text. Blocks."
INSPECTIONS_AT_ONCE = 4
"Files being looked at, so that hostile ones cannot take every thread there is."


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request, on our disk but not ours yet."""

    name: str
    "For display only."
    path: Path
    bytes: int


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf, and from which extension."""

    account_id: int
    extension: Extension


@dataclass(frozen=True, slots=True)
class Accepted:
    """The promise: this fax will be sent, or its sender told why not."""

    id: int
    uid: str


def sender(conn: Connection, viewer: Viewer, user_id: str, number: str) -> Sender:
    """Return who acts, from the user and extension of an address.

    The user may be `@me`, `@viewer`, `@owner` (of the extension) or an account's id; nobody acts but for himself and
    those below him. A short number is one of this user, when he has such a one, else of anybody below the viewer.
    Raises UserInvalid, ExtensionInvalid or AccessDenied, in this order.
    """
    account_id: int | None
    match user_id:
        case "@me" | "@viewer":
            account_id = viewer.account_id
        case "@owner":
            account_id = None
        case _:
            account_id = account_named(conn, user_id)
    if number == "@self":
        raise ExtensionInvalid("The extension must be a number: '@self' cannot send a fax.")
    acts = account_id is None or accounts.owns(conn, viewer, account_id)
    named = as_if(viewer, account_id) if acts and account_id is not None else viewer
    extension = accounts.extension_for(conn, named, number) or accounts.extension_for(conn, viewer, number)
    if extension is None and accounts.extension_named(conn, number) is None:
        raise ExtensionInvalid("There is no extension of this number.")
    if not acts:
        raise AccessDenied("You may not act for this user.")
    if extension is None:
        raise AccessDenied("You may not use this extension.")
    if account_id is None:
        account_id = extension.owner_id
    elif not accounts.owns(conn, as_if(viewer, account_id), extension.owner_id):
        raise AccessDenied("This user may not use this extension.")
    return Sender(account_id, extension)


def as_if(viewer: Viewer, account_id: int) -> Viewer:
    """Return the viewer, narrowed to an account of its tree and what is directly below it (a user has nothing)."""
    if account_id == viewer.account_id:
        return viewer
    return Viewer(account_id, AccountKind.ORGANIZATION, viewer.app_id)


def account_named(conn: Connection, user_id: str) -> int:
    """Return the account of a number. Raises UserInvalid."""
    if not (user_id.isascii() and user_id.isdigit() and len(user_id) <= 18):
        raise UserInvalid("The user must be '@me', '@viewer', '@owner' or the number of a user.")
    if not accounts.account_exists(conn, int(user_id)):
        raise UserInvalid("There is no user of this number.")
    return int(user_id)


class Sending:
    """Takes faxes in."""

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        queue: Queue,
        inspect: Inspect,
        recipients: Recipients,
        clock: Callable[[], datetime],
        new_uid: Callable[[], str],
        keys: Keys,
        covers: Sequence[str] = (),
        readiness: Readiness | None = None,
    ) -> None:
        """`covers` are the templates of cover pages that there are beside ours."""
        self.limits = recipients.limits
        self.recipients = recipients
        self.blobs = blobs
        self.readiness = readiness or Readiness()
        self._db = db
        self._queue = queue
        self._inspect = inspect
        self._clock = clock
        self.keys = keys
        self.new_uid = new_uid
        self.covers = (PLAIN, *sorted(covers))
        self._accepting = Together(db, self._accept)
        self._inspecting = asyncio.Semaphore(INSPECTIONS_AT_ONCE)

    async def admit(self, viewer: Viewer, user_id: str, extension: str) -> None:
        """Refuse now what the address alone tells to be refused, and all when we cannot work, before any of the body
        is read. Raises Unavailable and as `sender` does."""
        self.readiness.may_accept()
        await self._db.aread(may_send, viewer, user_id, extension)

    async def accept(
        self,
        viewer: Viewer,
        user_id: str,
        extension: str,
        asked: Mapping[str, object],
        uploads: list[Upload],
        once: Once | None = None,
        reply_to: str = "",
    ) -> Accepted:
        """Take a fax in and promise to send it. `asked` is the JSON object that the caller sent, whatever is in it.

        `reply_to` is a mail address that is told how it ends.

        Raises a Refused that says why not; Unavailable when we cannot now. The uploads stay the caller's to remove.
        """
        fax, _ = await self.drafted(viewer, user_id, extension, asked)
        files = await self._files(uploads, fax.paper)
        return await self._accepting.write((replace(fax, files=files, reply_to=reply_to), once, viewer))

    async def drafted(
        self, viewer: Viewer, user_id: str, extension: str, asked: Mapping[str, object], *, to_nobody: bool = False
    ) -> tuple[NewFax, Extension]:
        """Return the fax that somebody asks for, still without files, and who sends it.

        It may be `to_nobody` if it is not going to be sent. Raises as `accept` does.
        """
        now = self._clock()
        who, numbers = await self._db.aread(
            self._addressed, viewer, user_id, extension, asked.get("recipients"), to_nobody
        )
        terms = Terms.read(asked, now)
        paper = PaperTerms.read(asked, who.extension.resolution, who.extension.cover)
        if paper.cover is not None and paper.cover.template not in self.covers:
            raise RequestInvalid(f"'cover.template' must be one of {', '.join(self.covers)}.")
        fax = NewFax(
            self.new_uid(),
            who.account_id,
            who.extension.id,
            (),
            numbers,
            now,
            terms,
            paper,
            Keeping.read(asked),
            trace.present(),
        )
        return fax, who.extension

    async def again(self, once: Once) -> Accepted | None:
        """Return the promise that was given under this key before, or None. Raises KeyReused."""
        answer = await self.keys.answer(once)
        return None if answer is None else Accepted(**json.loads(answer))

    def promise(self, conn: Connection, accepted: Accepted, once: Once | None) -> Accepted:
        """Return a promise, kept under its key in this transaction. Raises InFlight."""
        if once is not None:
            self.keys.keep(conn, once, json.dumps(asdict(accepted)))
        return accepted

    def _accept(self, conn: Connection, asked: Sequence[tuple[NewFax, Once | None, Viewer]]) -> Sequence[Accepted]:
        now = self._clock()
        ids = delivery.accept(conn, self._queue, [fax for fax, _, _ in asked], now)
        made = list(zip(ids, asked, strict=True))
        deeds = [
            auditing.accepted(viewer, now, fax_id, fax.account_id, len(fax.recipients))
            for fax_id, (fax, _, viewer) in made
        ]
        audit.note(conn, deeds)
        return [self.promise(conn, Accepted(fax_id, fax.uid), once) for fax_id, (fax, once, _) in made]

    def _addressed(
        self, conn: Connection, viewer: Viewer, user_id: str, extension: str, recipients: object, to_nobody: bool
    ) -> tuple[Sender, tuple[NewRecipient, ...]]:
        who = may_send(conn, viewer, user_id, extension)
        if to_nobody and recipients is None:
            return who, ()
        return who, self.recipients.read(conn, who.account_id, who.extension, recipients)

    async def looks(self, uploads: list[Upload], paper: PaperTerms) -> Sequence[Found]:
        """Say what the files of one fax are.

        Raises NothingToSend, TooManyFiles; FileInvalid for the first bad one; RequestInvalid for a page that is not
        there.
        """
        self.limits.check_files(len(uploads), has_cover=paper.cover is not None)
        # Every answer is awaited, so that no thread still reads a file whose request is over, and of several bad files
        # always the first is named.
        found = await asyncio.gather(*(self.look(upload, paper.charset) for upload in uploads), return_exceptions=True)
        looks: list[Found] = []
        for look in found:
            if isinstance(look, BaseException):
                raise look
            looks.append(look)
        pages = 0
        for upload, look in zip(uploads, looks, strict=True):
            pages += look.pages
            self.limits.check_pages(upload.name, pages)
        if max(paper.page_treatments, default=0) > pages:
            raise RequestInvalid(f"'pages.{max(paper.page_treatments)}' is not there: the last page is {pages}.")
        return looks

    async def _files(self, uploads: list[Upload], paper: PaperTerms) -> tuple[NewFile, ...]:
        looks = await self.looks(uploads, paper)
        kept = await asyncio.gather(*(asyncio.to_thread(self.blobs.keep, upload.path) for upload in uploads))
        return tuple(
            NewFile(upload.name, look.kind, content, upload.bytes, look.pages)
            for upload, look, content in zip(uploads, looks, kept, strict=True)
        )

    async def look(self, upload: Upload, charset: str | None) -> Found:
        """Say what a file is; of a text its sender may name the charset. Raises FileInvalid when it cannot be faxed."""
        async with self._inspecting:
            return await asyncio.to_thread(self._inspect, upload.path, upload.name, charset)


def may_send(conn: Connection, viewer: Viewer, user_id: str, number: str) -> Sender:
    """Return who sends, as `sender` does; raises AccessDenied as well when the extension may not fax."""
    who = sender(conn, viewer, user_id, number)
    if not who.extension.fax_enabled:
        raise AccessDenied("This extension may not send faxes.")
    return who
