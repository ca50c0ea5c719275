"""The processes that do the work, as rows."""

from pathlib import Path

from tests.postgres import opened
from tests.world import NOW
from unifax.store import executors


def test_an_executor_beats_until_it_is_given_up(tmp_path: Path) -> None:
    db = opened(tmp_path)
    db.write(executors.add_executor, "line.1", "line", NOW)
    assert db.write(executors.beat, "line.1")
    assert db.read(executors.beats) == {"line.1": 1}
    assert db.write(executors.remove_executor, "line.1")
    assert not db.write(executors.remove_executor, "line.1")
    assert not db.write(executors.beat, "line.1")
    assert db.read(executors.beats) == {}
    db.close()
