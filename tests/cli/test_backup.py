"""`unifax backup`, `unifax restore` and `unifax keys`: on the machine itself, with the settings of the service."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import postgres
from tests.desk import Desk, ends
from tests.s3 import a_store
from tests.world import World, a_world
from unifax.cli import app
from unifax.here import Layout
from unifax.model.audit import Action, checked
from unifax.model.fax import DeliveryState, FaxView
from unifax.model.outcome import Outcome
from unifax.roles.parts import blobs_of
from unifax.service.auditing import exported
from unifax.settings import Settings, read_settings
from unifax.store import audit
from unifax.store.blobs import Blobs
from unifax.store.db import open_database
from unifax.store.faxes import fax_view

pytestmark = pytest.mark.sqlite  # the engine is said here


@dataclass
class Site:
    """An installation: where its data is, and the settings that it runs with."""

    data: Path
    environment: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        return read_settings(None, self.environment)

    def blobs(self) -> Blobs:
        return blobs_of(Layout(self.data), self.settings.files)

    def run(self, *arguments: object) -> str:
        """Run a verb of the command on it, to a good end."""
        line = [*map(str, arguments), "--data", str(self.data)]
        result = CliRunner().invoke(app, line, env={**self.environment, "COLUMNS": "200"}, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture(params=["SQLite and a folder", "PostgreSQL and a bucket"])
def sites(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Site, Site]]:
    """Two installations, the second empty; their master key is the same."""
    key = tmp_path / "master.key"
    key.write_text("11" * 32)
    live, back = (Site(tmp_path / name, {"UNIFAX_FILES__MASTER_KEY_FILE": str(key)}) for name in ("live", "back"))
    with ExitStack() as stack:
        if request.param != "SQLite and a folder":
            stack.enter_context(postgres.server())
            bucket, _ = stack.enter_context(a_store())
            for site in (live, back):
                site.environment = {
                    **site.environment,
                    "UNIFAX_DATABASE__URL": postgres.database_url(site.data),
                    "UNIFAX_FILES__STORE": f"s3://{bucket.name}/{site.data.name}",
                    "UNIFAX_FILES__ENDPOINT": bucket.endpoint,
                    "UNIFAX_FILES__ACCESS_KEY": bucket.access_key,
                    "UNIFAX_FILES__SECRET_KEY": bucket.secret_key,
                }
            postgres.empty_database_url(back.data)
        yield live, back


def back_up(site: Site, to: Path) -> None:
    """Do as docs/files.md says."""
    if url := site.settings.database.url:
        dump = [postgres.binary("pg_dump"), "--format=custom", f"--file={to}.pgdump", url]
        subprocess.run(dump, check=True)
    assert "4 files, as of" in site.run("backup", to)


def put_back(site: Site, backup: Path) -> None:
    if url := site.settings.database.url:
        subprocess.run([postgres.binary("pg_restore"), f"--dbname={url}", f"{backup}.pgdump"], check=True)
    site.run("restore", backup)


def work(world: World) -> FaxView:
    """Send a fax to its end, and leave another one waiting for its second call."""
    desk = Desk(world)
    desk.far_ends = {"7778888": [ends(Outcome.SENT, 3)], "7778801": [ends(Outcome.BUSY)]}
    fax = desk.finish(desk.send("7778888"))
    desk.send("7778801")
    desk.step()
    desk.step()
    return fax


def test_what_was_backed_up_is_put_back_with_the_commands_of_the_documentation(
    sites: tuple[Site, Site], tmp_path: Path
) -> None:
    live, back = sites
    with a_world(live.data) as world:
        world.blobs = live.blobs()
        before = work(world)
        back_up(live, tmp_path / "backup")
    put_back(back, tmp_path / "backup")
    with closing(open_database(back.data, back.settings.database.url)) as db:
        after, waiting = (db.read(fax_view, world.root.viewer, number) for number in (1, 2))
        entries = db.read(lambda conn: list(audit.all_entries(conn)))
    assert after == before
    assert waiting is not None
    assert [each.state for each in waiting.deliveries] == [DeliveryState.UNCERTAIN]
    assert entries[-1].deed.action is Action.RESTORED
    checked([exported(each) for each in entries])
    assert before.document is not None
    with back.blobs().taken(before.document) as pages, live.blobs().taken(before.document) as were:
        assert pages.read_bytes() == were.read_bytes()


def test_a_new_master_key_is_taken_up_by_the_command(tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    key.write_text("11" * 32)
    site = Site(tmp_path / "live", {"UNIFAX_FILES__MASTER_KEY_FILE": str(key)})
    with a_world(site.data) as world:
        world.blobs = site.blobs()
        document = work(world).document
        assert document is not None
        key.write_text("22" * 32 + "\n" + "11" * 32)
        assert site.run("keys", "rewrap").startswith("4 keys of files are wrapped by master key ")
        assert site.run("keys", "rewrap").startswith("0 keys")
        key.write_text("22" * 32)
        after = world.db.read(fax_view, world.root.viewer, 1)
        assert after is not None
        assert after.document is not None
        with site.blobs().taken(after.document) as path:
            assert path.stat().st_size > 0
