"""A backup of an installation that is at work, and the way back. Knows no HTTP.

A backup is a folder: the database as of one moment, every file that it names, and the keys in the data folder. Files
never change, so a backup into a folder that has one already copies what is new. `backup.json` is written last: without
it, or with a hash that is not right, nothing is put back.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from unifax.model.audit import Action, Deed, Facts
from unifax.model.content import Content
from unifax.model.errors import ContentLost, Misconfigured
from unifax.store import audit, snapshot
from unifax.store.blobs import Blobs
from unifax.store.db import Database, open_database
from unifax.store.folder_shelf import FolderShelf
from unifax.store.hashing import flush, sha256_of

DATABASE, FILES, KEYS, INCOMING, MANIFEST = "unifax.db", "files", "keys", "incoming", "backup.json"
OPERATOR = "operator.token"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself."""

    at: str
    database: str
    "SHA-256 of it, hex; empty when it is PostgreSQL's own tools that back it up."
    files: int
    forgotten: int
    "Files that were forgotten while the backup was made."


Heed = Callable[[int, int], None]
"Hears how many files are done, and how many there are."


def _nobody(done: int, total: int) -> None:
    """Heed nothing."""


def back_up(
    db: Database, blobs: Blobs, data: Path, to: Path, now: Callable[[], datetime], heed: Heed = _nobody
) -> Backup:
    """Make a backup in a folder, or bring the one there up to date. Blocks. Raises Unavailable, OSError."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    (to / MANIFEST).unlink(missing_ok=True)
    at = now()
    if db.engine.dialect.name == "sqlite":
        fresh = to / f"{DATABASE}.new"
        fresh.unlink(missing_ok=True)
        snapshot.copy_database(data / DATABASE, fresh)
        fresh.rename(to / DATABASE)
        with closing(open_database(to)) as copy:
            files, gone = _copy_files(copy, db, blobs, to, heed)
            copy.write(snapshot.forget, gone)
        snapshot.make_one_file(to / DATABASE)
        (to / "migrations.lock").unlink(missing_ok=True)
        database = sha256_of(to / DATABASE, flushed=True)
    else:
        files, gone = _copy_files(db, db, blobs, to, heed)
        database = ""
    for folder in (KEYS, INCOMING):
        _copy_folder(data / folder, to / folder)
    if (data / OPERATOR).exists():
        shutil.copy(data / OPERATOR, to / OPERATOR)
    made = Backup(at.isoformat(timespec="seconds"), database, files, len(gone))
    db.write(audit.note, [Deed(now(), Action.BACKED_UP, "service", facts={"as_of": made.at, "files": files})])
    fresh = to / f"{MANIFEST}.new"
    fresh.write_text(json.dumps(asdict(made), indent=1) + "\n", encoding="utf-8")
    sha256_of(fresh, flushed=True)
    fresh.rename(to / MANIFEST)
    flush(to)
    return made


def restore(
    backup: Path,
    blobs: Blobs,
    data: Path,
    opened: Callable[[], Database],
    now: Callable[[], datetime],
    *,
    nothing_sent: bool,
) -> Backup:
    """Put a backup back into an empty data folder. Blocks. A PostgreSQL database is back already.

    What was under way then is uncertain now, unless nothing can have been sent since. Raises Misconfigured when the
    backup is not whole, Unavailable, OSError.
    """
    made = _manifest(backup)
    if (data / DATABASE).exists():
        raise Misconfigured(f"{data} has a database: put the backup back into an empty folder")
    if made.database and sha256_of(backup / DATABASE) != made.database:
        raise Misconfigured(f"{backup / DATABASE} is not what was backed up")
    shelf = FolderShelf(backup / FILES)
    for path in sorted((backup / FILES).glob("??/*")):
        with shelf.taken(path.name):  # or ContentLost
            staged = blobs.stage()
            shutil.copyfile(path, staged)
            blobs.shelf.put(staged, path.name)
    for folder in (KEYS, INCOMING):
        _copy_folder(backup / folder, data / folder)
    if (backup / OPERATOR).exists():
        shutil.copy(backup / OPERATOR, data / OPERATOR)
    if made.database:
        fresh = data / f"{DATABASE}.new"
        shutil.copyfile(backup / DATABASE, fresh)
        sha256_of(fresh, flushed=True)
        fresh.rename(data / DATABASE)
        flush(data)
    with closing(opened()) as db:
        _check_files(db, blobs)
        if not nothing_sent:
            db.write(snapshot.doubt, now())
        facts: Facts = {"as_of": made.at, "files": made.files, "nothing_sent": nothing_sent}
        db.write(audit.note, [Deed(now(), Action.RESTORED, "service", facts=facts)])
    return made


def _copy_files(copy: Database, live: Database, blobs: Blobs, to: Path, heed: Heed) -> tuple[int, list[Content]]:
    """Copy the files that a database names; return how many there are, and what was forgotten meanwhile."""
    shelf = FolderShelf(to / FILES)
    staging = to / "staging"
    staging.mkdir(exist_ok=True)
    gone: list[Content] = []
    named = {snapshot.name(content): content for content in copy.read(lambda conn: list(snapshot.contents(conn)))}
    for done, (name, content) in enumerate(named.items(), 1):
        heed(done, len(named))
        if (to / FILES / name[:2] / name).exists():
            continue
        try:
            with blobs.shelf.taken(name) as path:
                shutil.copyfile(path, staging / name)
            shelf.put(staging / name, name)
        except ContentLost:
            if name in live.read(lambda conn: {snapshot.name(each) for each in snapshot.contents(conn)}):
                raise
            gone.append(content)
    for path in (to / FILES).glob("??/*"):
        if path.name not in named:
            path.unlink()  # of an earlier backup, and forgotten since
    shutil.rmtree(staging)
    return len(named) - len(gone), gone


def _check_files(db: Database, blobs: Blobs) -> None:
    """Raise ContentLost unless each file that rows name is there."""
    for content in db.read(lambda conn: list(snapshot.contents(conn))):
        with blobs.shelf.taken(snapshot.name(content)):
            pass


def _copy_folder(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        target.chmod(0o700)


def _manifest(backup: Path) -> Backup:
    try:
        return Backup(**json.loads((backup / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Misconfigured(f"{backup} holds no whole backup: {error}") from error
