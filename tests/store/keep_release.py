"""Keeps what a release leaves behind, for the test that later ones take it over: `python -m tests.store.keep_release`.

To be run with the code of the release, once. It writes `releases/REVISION/`: the database as SQL, for each engine, and
the blobs that it names.
"""

import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from tests import postgres
from tests.desk import Desk, ends
from tests.faxes import text_fax
from tests.world import World, a_world
from unifax.model.outcome import Outcome

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
    world.execute(f"UPDATE faxes SET document = '{document}'")
    world.execute(f"UPDATE inbox SET document = '{document}'")
    preparing = desk.send("7778888")
    assert [fax for fax in (sent, busy, preparing) if any(row.fax_id == fax for row in desk.open())] == [2, 3]
    revision = world.db.read(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    return str(revision)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with a_world(Path(folder)) as world:
            kept = RELEASES / fill(world)
            kept.mkdir(parents=True)
            shutil.copytree(world.folder / "blobs", kept / "blobs", ignore=shutil.ignore_patterns("staging"))
        for empty in kept.glob("blobs/*"):
            if not any(empty.iterdir()):
                empty.rmdir()
        with closing(sqlite3.connect(Path(folder) / "unifax.db")) as conn:
            (kept / "sqlite.sql").write_text("\n".join(conn.iterdump()) + "\n")
    with postgres.server(), tempfile.TemporaryDirectory() as folder:
        with a_world(Path(folder)) as world:
            fill(world)
        # The tables of DBOS keep to themselves there; its functions come with its own migrations.
        dump = subprocess.run(
            [postgres.binary("pg_dump"), "-d", postgres.database_url(Path(folder)), "--no-owner", "--inserts"],
            check=True,
            capture_output=True,
            text=True,
        )
        lines = dump.stdout.splitlines(keepends=True)
        (kept / "postgresql.sql").write_text("".join(line for line in lines if line.strip() and line[0] not in "-\\\\"))


if __name__ == "__main__":
    main()
