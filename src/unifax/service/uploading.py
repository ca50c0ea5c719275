"""Faxes whose files come by themselves, each to an address of its own (UnifiedAPI v5). Knows no HTTP.

An address is signed by us and shown to the sender alone: whoever has it may upload that one file, and nothing else.
Once the last file is in, its fax is accepted as any other: files, fax and work are on disk (DESIGN decision 10).
"""

import asyncio
import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from unifax.model.accounts import Viewer
from unifax.model.content import Content
from unifax.model.errors import Conflict, FileInvalid, NotFound, TooLarge, UploadExpired, UploadInvalid
from unifax.model.fax import FaxState
from unifax.model.file_name import display_name
from unifax.service import auditing
from unifax.service.idempotency import Once
from unifax.service.sending import Accepted, Sending, Upload
from unifax.service.telling import tell
from unifax.store import audit, faxes, uploads
from unifax.store.calls import priority_of
from unifax.store.db import Connection, Database
from unifax.store.faxes import FIRST_WORK, NewFax
from unifax.store.keyfile import read_or_make_key
from unifax.store.uploads import Announced, Expected
from unifax.work.jobs import prepare_job
from unifax.work.queue import Queue

GOOD_FOR = timedelta(minutes=10)
"How long an address is good; VoipNow's are for as long, typically."

_ADDRESS = re.compile(r"([0-9]{1,18})-([0-9]{1,3})-([A-Za-z0-9_-]{43})", re.ASCII)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one file of a fax is to go."""

    file: Announced
    type: str
    identifier: str
    "`doc001` for the first file."
    address: str
    "The last part of an address of ours."


@dataclass(frozen=True, slots=True)
class Progress:
    """What has come of a fax."""

    id: int
    uid: str
    identifier: str
    state: FaxState


class Uploading:
    """Takes files in that come by themselves."""

    def __init__(
        self, sending: Sending, db: Database, queue: Queue, key_file: Path, clock: Callable[[], datetime]
    ) -> None:
        """`key_file` holds the key that addresses are signed with; it is made at first need."""
        self._sending = sending
        self._db = db
        self._queue = queue
        self._key_file = key_file
        self._clock = clock

    async def announce(
        self,
        viewer: Viewer,
        user_id: str,
        extension: str,
        asked: Mapping[str, object],
        once: Once | None = None,
    ) -> tuple[Accepted, Sequence[Target]]:
        """Take in a fax without its files, and say where they are to go.

        Raises FileInvalid for a file without name, size or type; TooLarge for all of them; and as `Sending.accept`.
        """
        fax, _ = await self._sending.drafted(viewer, user_id, extension, asked)
        files = self._announced(asked.get("files"))
        accepted = await self._db.awrite(self._accept, viewer, fax, [file for file, _ in files], once)
        return accepted, self.targets(accepted, asked)

    def targets(self, accepted: Accepted, asked: Mapping[str, object]) -> Sequence[Target]:
        """Return where the files of a fax are to go that was accepted when this was asked."""
        return [
            Target(file, kind, identifier(position), self._address(accepted.id, position, accepted.uid))
            for position, (file, kind) in enumerate(self._announced(asked.get("files")))
        ]

    async def expected(self, address: str) -> Expected:
        """Return what is to come to an address.

        Raises NotFound when it is none of ours, UploadExpired, Unavailable when we cannot take it in.
        """
        found = _ADDRESS.fullmatch(address)
        known = await self._db.aread(uploads.expected, int(found[1]), int(found[2])) if found else None
        if known is None or not hmac.compare_digest(self._address(known.fax_id, known.position, known.uid), address):
            raise NotFound("There is nothing at this address.")
        self._check_open(known)
        self._sending.readiness.may_accept()
        return known

    async def take(self, known: Expected, upload: Upload, sha256: str) -> Progress:
        """Take in the file that has come to an address; of a fax whose last file it is, the promise holds from then.

        Raises UploadInvalid when it is not what was announced; FileInvalid when it cannot be faxed: another may come
        to the same address then. The same file may come again. Raises Conflict for another one, UploadExpired.
        """
        file = known.file
        if upload.bytes != file.bytes:
            raise UploadInvalid(f"'{file.name}' was announced with {file.bytes} bytes; {upload.bytes} came.")
        if file.sha256 is not None and file.sha256 != sha256:
            raise UploadInvalid(f"'{file.name}' has another SHA-256 than was announced.")
        if known.content is None:
            found = await self._sending.look(upload, known.charset)
            content = await asyncio.to_thread(self._sending.blobs.keep, upload.path)
            return await self._db.awrite(self._come, known, found.kind, content, found.pages)
        if known.content.sha256 != sha256:
            raise Conflict(f"'{file.name}' has come already, and was another file.")
        return await self._db.aread(self._progress, known)

    def _announced(self, files: object) -> list[tuple[Announced, str]]:
        """Return the files that a request announces, with their types. Raises as `announce` does."""
        if not isinstance(files, list | None):
            raise FileInvalid("files", "must be a list")
        self._sending.limits.check_files(len(files or ()))
        announced = [_announced(given, position) for position, given in enumerate(files or ())]
        if sum(file.bytes for file, _ in announced) > self._sending.limits.bytes:
            raise TooLarge(f"The files are larger than {self._sending.limits.bytes} bytes.")
        return announced

    def _accept(
        self, conn: Connection, viewer: Viewer, fax: NewFax, files: Sequence[Announced], once: Once | None
    ) -> Accepted:
        fax_id = faxes.add_fax(conn, replace(fax, awaits_files=True))
        done = auditing.accepted(viewer, fax.accepted_at, fax_id, fax.account_id, len(fax.recipients))
        audit.note(conn, [done])
        uploads.add_uploads(conn, fax_id, files, fax.accepted_at + GOOD_FOR)
        tell(conn, self._queue, fax_id, fax.accepted_at)
        return self._sending.promise(conn, Accepted(fax_id, fax.uid), once)

    def _come(self, conn: Connection, known: Expected, kind: str, content: Content, pages: int) -> Progress:
        again = uploads.expected(conn, known.fax_id, known.position) or known
        self._check_open(again)
        if again.content is not None and again.content.sha256 != content.sha256:
            raise Conflict(f"'{known.file.name}' has come already, and was another file.")
        self._sending.limits.check_pages(known.file.name, uploads.pages_come(conn, known.fax_id) + pages)
        if uploads.set_come(conn, known.fax_id, known.position, kind, content, pages):
            if uploads.set_whole(conn, known.fax_id):
                priority = priority_of(conn, known.fax_id)
                self._queue.enqueue(conn, prepare_job(known.fax_id, FIRST_WORK, priority=priority))
            tell(conn, self._queue, known.fax_id, self._clock())
        return self._progress(conn, known)

    def _check_open(self, known: Expected) -> None:
        """Raise UploadExpired when nothing new can come. What has come may come again: its answer may be lost."""
        if known.content is None and not known.is_open:
            raise UploadExpired("This fax waits for no files any more.")
        if known.content is None and known.expires_at <= self._clock():
            raise UploadExpired("This address was good for ten minutes, which have passed.")

    def _progress(self, conn: Connection, known: Expected) -> Progress:
        return Progress(known.fax_id, known.uid, identifier(known.position), faxes.state_of(conn, known.fax_id))

    def _address(self, fax_id: int, position: int, uid: str) -> str:
        """Return the last part of an address: which file it is for, and our signature."""
        signed = hmac.digest(read_or_make_key(self._key_file), f"{fax_id}-{position}-{uid}".encode(), hashlib.sha256)
        return f"{fax_id}-{position}-{urlsafe_b64encode(signed).decode().rstrip('=')}"


def identifier(position: int) -> str:
    """Return what a file of a fax is called: `doc001` is the first."""
    return f"doc{position + 1:03}"


def _announced(given: object, position: int) -> tuple[Announced, str]:
    """Read one member of `files`. Raises FileInvalid."""
    known: Mapping[str, object] = given if isinstance(given, dict) else {}
    name, size, kind, sha256 = known.get("name"), known.get("size"), known.get("type"), known.get("sha256")
    shown = display_name(name if isinstance(name, str) else None, position + 1)
    if not isinstance(name, str) or not name or not isinstance(kind, str) or not isinstance(size, int):
        raise FileInvalid(shown, "must be announced with its name, size and type")
    if isinstance(size, bool) or size < 1:
        raise FileInvalid(shown, "is empty")
    if sha256 is not None and not (isinstance(sha256, str) and _SHA256.fullmatch(sha256)):
        raise FileInvalid(shown, "was announced with a 'sha256' that is none")
    return Announced(shown, size, sha256.lower() if sha256 else None), kind
