"""Who is alive."""

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from unifax.work.liveness import Lifeline, Watch, bury, is_cut

HOLD = """
import os, sys
from pathlib import Path
from unifax.work.liveness import Lifeline
line = Lifeline(Path(sys.argv[1]), "held")
os.write(1, b"holding\\n")  # in one piece, whoever else writes
sys.stdin.read()
"""


def test_a_lifeline_is_cut_the_moment_its_process_ends(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"holding\n"
    assert not is_cut(tmp_path, "held")
    process.kill()
    process.communicate()
    assert is_cut(tmp_path, "held")
    bury(tmp_path, "held")
    bury(tmp_path, "held")
    assert not is_cut(tmp_path, "held"), "what is not there says nothing"


def test_a_fork_does_not_hold_the_lifeline(tmp_path: Path) -> None:
    """A process that outlives its parent (a document converter) must not make the parent look alive."""
    hold_and_fork = HOLD.replace("os.write", "os.fork(); os.write")
    process = subprocess.Popen(
        [sys.executable, "-c", hold_and_fork, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert [process.stdout.readline(), process.stdout.readline()] == [b"holding\n"] * 2
    process.kill()
    process.wait()
    assert is_cut(tmp_path, "held")
    process.stdin.close()
    process.stdout.close()


def test_a_lifeline_that_is_closed_leaves_nothing(tmp_path: Path) -> None:
    line = Lifeline(tmp_path / "executors", "mine")
    assert os.listdir(tmp_path / "executors") == ["mine"]
    line.close()
    assert os.listdir(tmp_path / "executors") == []


def test_a_lifeline_that_is_cut_tells_the_others(tmp_path: Path) -> None:
    hold_and_cut = HOLD.replace("os.write", "line.cut(); os.write")
    process = subprocess.Popen(
        [sys.executable, "-c", hold_and_cut, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"holding\n"
    assert is_cut(tmp_path, "held"), "though its process lives"
    process.communicate()


@given(st.lists(st.tuples(st.floats(0, 10), st.booleans()), max_size=20))
def test_an_executor_is_silent_when_its_beats_stop_for_the_limit(steps: list[tuple[float, bool]]) -> None:
    watch, now, count, beaten_at = Watch(15.0), 0.0, 0, 0.0
    watch.silent({"one": 0}, now)
    for passed, beats in steps:
        now += passed
        if beats:
            count, beaten_at = count + 1, now
        assert watch.silent({"one": count}, now) == ({"one": count} if now - beaten_at >= 15.0 else {})


def test_an_executor_that_is_gone_is_forgotten() -> None:
    watch = Watch(15.0)
    watch.silent({"one": 1}, 0.0)
    assert watch.silent({}, 100.0) == {}
    assert watch.silent({"one": 1}, 101.0) == {}
