"""The databases that stages run on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests import postgres
from tests.postgres import Cluster

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ENGINES = (SQLITE, POSTGRESQL)


@contextmanager
def database(engine: str) -> Iterator[Mapping[str, str]]:
    """Have a database, and give the settings that name it."""
    if engine == SQLITE:
        yield {}
    else:
        with a_cluster() as (_, environment):
            yield environment


@contextmanager
def a_cluster() -> Iterator[tuple[Cluster, Mapping[str, str]]]:
    """Run a PostgreSQL that flushes what it commits, and give the settings that name it."""
    with postgres.cluster(fsync=True) as cluster:
        yield cluster, {"UNIFAX_DATABASE__URL": f"{cluster.url}/postgres"}
