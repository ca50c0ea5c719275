"""What the processes that share the database are made of. Must not know: which of them does what."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from unifax.here import Layout, now
from unifax.model.trace import UNTRACED, Traces
from unifax.settings import Files, Settings
from unifax.store.blobs import Blobs, Shelf
from unifax.store.db import Database, open_database
from unifax.store.sealing import MasterKeys, keys_from_command, keys_from_file
from unifax.work.queue import Queue

STAGED = timedelta(hours=1)
"Older than this, a file that no process has put in its place belongs to one that was killed."


@dataclass(frozen=True, slots=True)
class Parts:
    """The database, the documents, the queue."""

    db: Database
    blobs: Blobs
    queue: Queue
    host: str
    "The name of this one."


@contextmanager
def opened(layout: Layout, settings: Settings) -> Iterator[Parts]:
    """Open everything, and close it in the end."""
    with closing(open_database(layout.data, settings.database.url)) as db, closing(Queue(db)) as queue:
        blobs = blobs_of(layout, settings.files)
        blobs.clear_staging(now() - STAGED)
        yield Parts(db, blobs, queue, settings.host.name)


@contextmanager
def traced(settings: Settings, role: str) -> Iterator[Traces]:
    """Return where the spans of a process go; in the end those that are left are told, if the collector answers."""
    if not settings.traces.endpoint:
        yield UNTRACED
        return
    from unifax.roles.open_telemetry import OpenTelemetry, collector  # loaded where it is needed alone

    told = settings.traces
    exporter = collector(told.endpoint, told.authorization)
    with closing(OpenTelemetry(exporter, told.share, role, settings.host.name)) as traces:
        yield traces


def blobs_of(layout: Layout, files: Files) -> Blobs:
    """Return what keeps the files. Raises Misconfigured when their master keys cannot be had."""
    folder = files_folder(layout, files)
    shelf: Shelf | None = None
    if files.bucket is not None:
        from unifax.store.s3_shelf import Bucket, S3Shelf  # its library is loaded where it is needed alone

        bucket = Bucket(*files.bucket, files.endpoint, files.region, files.access_key, files.secret_key)
        shelf = S3Shelf(bucket, folder, files.cache_bytes)
    return Blobs(folder, shelf, master_keys(files), Path(files.work_folder) if files.work_folder else None)


def master_keys(files: Files) -> MasterKeys | None:
    """Return what wraps the keys of files, if the settings name anything. Raises Misconfigured."""
    if files.master_key_file:
        return keys_from_file(Path(files.master_key_file))
    return keys_from_command(files.key_command) if files.key_command else None


def files_folder(layout: Layout, files: Files) -> Path:
    """Return the folder of the files, or of the copies of what is in a bucket."""
    return Path(files.folder) if files.folder else layout.blobs
