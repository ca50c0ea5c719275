"""The promises the database keeps by itself."""

import itertools
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, insert, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from tests.desk import Desk
from tests.postgres import database_url, opened
from tests.world import NOW, a_world
from unifax.model.errors import RequestInvalid
from unifax.model.fax import MOVES, DeliveryState
from unifax.store.db import Database, open_database
from unifax.store.schema import Instant, calls, deliveries, metadata


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


ZONES = st.builds(timezone, st.timedeltas(timedelta(hours=-14), timedelta(hours=14)))
MOMENTS = st.datetimes(*(NOW.replace(year=year, tzinfo=None) for year in (1971, 2200)), timezones=ZONES)


SQLITE = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
POSTGRES = """
    SELECT c.relname || '.' || a.attname,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND a.attnum > 0 AND c.relnamespace = 'SCHEMA'::regnamespace
    UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'SCHEMA'::regnamespace
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'SCHEMA'
    UNION ALL SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND c.relnamespace = 'SCHEMA'::regnamespace
    """


def ddl(conn: Connection, schema: str) -> dict[str, list[str]]:
    """Return what the database says it is: name to parts, in no order."""
    query = SQLITE if conn.dialect.name == "sqlite" else POSTGRES.replace("SCHEMA", schema)
    rows = [(name, sql.replace(f"{schema}.", "")) for name, sql in conn.exec_driver_sql(query)]
    return {name: sorted(re.sub(r"\s+|[,()]", " ", sql).split()) for name, sql in rows if "alembic" not in name}


def made(db: Database) -> dict[str, list[str]]:
    """Return what the tables are as they are written down, not as the migrations make them."""
    if db.engine.dialect.name == "sqlite":
        with create_engine("sqlite://").begin() as conn:
            metadata.create_all(conn)
            return ddl(conn, "main")
    with db.engine.connect() as conn:  # and rolled back
        conn.exec_driver_sql("CREATE SCHEMA made")
        conn.exec_driver_sql("SET LOCAL search_path TO made")
        metadata.create_all(conn)
        return ddl(conn, "made")


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    with closing(open_database(tmp_path, database_url(tmp_path))) as db:  # made here: no copy, no tables of the queue
        assert db.read(ddl, "public") == made(db)


def values_in(state: DeliveryState) -> dict[str, object]:
    """Return what a row must say besides, in a state."""
    return {
        "state": state.value,
        "outcome": state.value if state in {DeliveryState.SENT, DeliveryState.UNCERTAIN} else None,
        "next_call_at": NOW if state is DeliveryState.WAITING else None,
        "calls": 1,
    }


def way_to(state: DeliveryState) -> list[DeliveryState]:
    """Return the moves that lead to a state from the first."""
    ways = {DeliveryState.UPLOADING: [DeliveryState.UPLOADING]}
    while state not in ways:
        for left, entered in MOVES.items():
            for one in entered:
                if left in ways and one not in ways:
                    ways[one] = [*ways[left], one]
    return ways[state]


@pytest.fixture(scope="module")
def one_delivery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with a_world(tmp_path_factory.mktemp("moves")) as world:
        Desk(world).send("7778888")
        (row,) = world.db.read(lambda conn: conn.execute(select(deliveries)).mappings().all())
        world.db.write(lambda conn: conn.execute(deliveries.delete()))
        world.db.write(lambda conn: conn.execute(insert(deliveries).values({**row, "state": "uploading"})))
        yield world.db


@pytest.mark.parametrize(("left", "entered"), list(itertools.permutations(DeliveryState, 2)))
def test_a_delivery_makes_the_moves_of_the_table_and_no_others(
    one_delivery: Database, left: DeliveryState, entered: DeliveryState
) -> None:
    with one_delivery.engine.connect() as conn:  # closed without a commit
        for state in way_to(left):
            conn.execute(update(deliveries).values(values_in(state)))
        last_move = update(deliveries).values(values_in(entered))
        if entered in MOVES[left]:
            assert conn.execute(last_move).rowcount == 1
        else:
            with pytest.raises(IntegrityError, match="does not move that way"):
                conn.execute(last_move)


def test_one_number_is_never_called_twice_at_once(desk: Desk) -> None:
    desk.send("7778888")
    desk.send("7778888")
    desk.world.db.write(lambda conn: conn.execute(update(deliveries).values(values_in(DeliveryState.WAITING))))
    with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: deliveries\.number|ux_deliveries_calling"):
        desk.world.db.write(lambda conn: conn.execute(update(deliveries).values(values_in(DeliveryState.CALLING))))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "sending"},
        {"outcome": "sent"},
        {"trunk": None},
        {"extension_id": 1},
        {"next_call_at": NOW},
        {"calls": -1},
        {"calls_before": 1},
        {"cancel_at": NOW},
        {"calls": "many"},
        {"fax_id": 4711},
    ],
    ids=str,
)
def test_a_row_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    desk.send("7778888")
    with pytest.raises((IntegrityError, RequestInvalid)):
        desk.world.db.write(lambda conn: conn.execute(update(deliveries).values(wrong)))


def test_a_call_has_ended_when_it_has_an_outcome(desk: Desk) -> None:
    desk.send("7778888")
    row = {"delivery_id": 1, "number": 1, "run": "r", "first_page": 0, "started_at": NOW, "pages_confirmed": 0}
    with pytest.raises(IntegrityError):
        desk.world.db.write(lambda conn: conn.execute(insert(calls).values(row | {"outcome": "busy"})))


def test_an_id_is_never_given_twice(desk: Desk) -> None:
    first = desk.send("7778888")
    desk.world.execute("DELETE FROM faxes")
    assert desk.send("7778888") > first


def journal(db: Database) -> tuple[object, ...]:
    def look(conn: Connection) -> tuple[object, ...]:
        return tuple(
            conn.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        )

    return db.read(look)


@pytest.mark.sqlite
def test_a_commit_survives_the_loss_of_power(tmp_path: Path) -> None:
    db = opened(tmp_path)
    full = 2
    assert journal(db) == ("wal", full, 1)
    db.close()


@given(MOMENTS, MOMENTS)
def test_a_moment_comes_back_the_same_and_sorts_as_text(one: datetime, other: datetime) -> None:
    kind, dialect = Instant(), sqlite.dialect()
    texts = [kind.process_bind_param(moment, dialect) for moment in (one, other)]
    assert [kind.process_result_value(text, dialect) for text in texts] == [one, other]
    assert texts[0] is not None
    assert texts[1] is not None
    assert (texts[0] < texts[1]) == (one < other)


def test_no_moment_is_no_moment(tmp_path: Path) -> None:
    db = opened(tmp_path)
    assert db.read(lambda conn: conn.execute(select(deliveries.c.next_call_at)).all()) == []
    assert Instant().process_bind_param(None, sqlite.dialect()) is None
    db.close()
