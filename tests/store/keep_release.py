"""Keeps what a release leaves behind, for the test that later ones take it over: `python -m tests.store.keep_release`.

To be run with the code of the release, once. It writes `releases/REVISION/`: the database as SQL, for each engine, and
the blobs that it names; and what the release says to its database while it sends and receives faxes, for the test that
its processes can go on beside those of the next.
"""

import json
import re
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import event, text

from tests import postgres
from tests.desk import Desk, ends
from tests.faxes import text_fax
from tests.world import World, a_world
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.store.schema import metadata

Parameters = tuple[object, ...] | dict[str, object]
Said = tuple[str, list[Parameters]]
"A statement, and its parameters, each time that it was said."

RELEASES = Path(__file__).parent / "releases"


def fill(world: World) -> str:
    """Leave faxes in every state that waits for something; return the revision of the schema."""
    desk = Desk(world)
    sent, busy = desk.send("7778801", "0003*211"), desk.send("7778888")
    desk.far_ends = {"7778801": [ends(Outcome.SENT, pages=3)], "7778888": [ends(Outcome.BUSY)]}
    desk.step()
    desk.step()
    # Pages that can be called with, and few octets of them: what the desk makes are none.
    document = world.blobs.keep(text_fax(world.blobs.stage(), pages=3, rows=100))
    for table in ("faxes", "inbox"):
        world.execute(f"UPDATE {table} SET document = '{document.sha256}', place = '{document.place}'")
    preparing = desk.send("7778888")
    assert [fax for fax in (sent, busy, preparing) if any(row.fax_id == fax for row in desk.open())] == [2, 3]
    revision = world.db.read(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    return str(revision)


def tell(world: World) -> list[Said | None]:
    """Send a fax to two recipients and to an extension; return what was said. None is the end of a transaction.

    Of the tables of the queue nothing is kept: those are a library's.
    """
    said: list[Said | None] = []
    ours = re.compile("|".join(rf"\b{table}\b" for table in metadata.tables))

    def hear(
        conn: object,
        cursor: object,
        sql: str,
        parameters: Parameters | list[Parameters],
        context: object,
        is_many: bool,
    ) -> None:
        if ours.search(sql) and "workflow_status" not in sql:
            said.append((sql, parameters if isinstance(parameters, list) else [parameters]))

    def end(conn: object) -> None:
        if said and said[-1] is not None:
            said.append(None)

    event.listen(world.db.engine, "before_cursor_execute", hear)
    event.listen(world.db.engine, "commit", end)
    desk = Desk(world)
    desk.far_ends = {
        "7778802": [ends(Outcome.BUSY), ends(Outcome.DROPPED, pages=1), ends(Outcome.SENT, pages=2)],
        "7778803": [ends(Outcome.UNCERTAIN, pages=2)],
    }
    fax = desk.send("7778802", "7778803", "0003*211")
    while rows := [row for row in desk.open() if row.fax_id == fax]:
        for row in rows[:1] if rows[0].state is DeliveryState.PREPARING else rows:
            if row.state is DeliveryState.PREPARING:
                desk.prepare(fax, row.work)
            else:
                desk.call(row)
        waits = [each.next_call_at for each in desk.view(fax).deliveries if each.next_call_at is not None]
        desk.now = max(desk.now, min(waits, default=desk.now))
    event.remove(world.db.engine, "before_cursor_execute", hear)
    event.remove(world.db.engine, "commit", end)
    return said


def keep_blobs(world: World, kept: Path) -> None:
    """Keep the files of a world, beside those that are kept already."""
    unkept = shutil.ignore_patterns("staging")
    shutil.copytree(world.folder / "blobs", kept / "blobs", ignore=unkept, dirs_exist_ok=True)
    for empty in kept.glob("blobs/*"):
        if not any(empty.iterdir()):
            empty.rmdir()


def write_story(world: World, file: Path) -> None:
    lines = (json.dumps(each) for each in tell(world))
    file.write_text("\n".join(lines) + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as world:
        kept = RELEASES / fill(world)
        kept.mkdir(parents=True)
        keep_blobs(world, kept)
        with closing(sqlite3.connect(Path(folder) / "unifax.db")) as conn:
            (kept / "sqlite.sql").write_text("\n".join(conn.iterdump()) + "\n")
        write_story(world, kept / "sqlite.story")
    with postgres.server(), tempfile.TemporaryDirectory() as folder:
        with a_world(Path(folder)) as world:
            fill(world)
            keep_blobs(world, kept)  # the same content has another name there
            # The tables of DBOS keep to themselves there; its functions come with its own migrations.
            dump = subprocess.run(
                [postgres.binary("pg_dump"), "-d", postgres.database_url(Path(folder)), "--no-owner", "--inserts"],
                check=True,
                capture_output=True,
                text=True,
            )
            write_story(world, kept / "postgresql.story")
        lines = dump.stdout.splitlines(keepends=True)
        (kept / "postgresql.sql").write_text("".join(line for line in lines if line.strip() and line[0] not in "-\\\\"))


if __name__ == "__main__":
    main()
