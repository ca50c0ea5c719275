"""Children and their supervisor: real processes, watched from outside."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.e2e.running import until
from tests.parent import GREETING

PATIENCE = 60.0


def lives(folder: Path) -> list[tuple[int, bytes]]:
    """Return the process id of each life of the child, and what it was greeted with."""
    file = folder / "lives"
    lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
    told = [line.split(b" ", 1) for line in lines if line.endswith(b"\n")]
    return [(int(pid), greeting) for pid, greeting in told]


def runs(pid: int) -> bool:
    """Whether a process has not ended; whether somebody has taken note of its end does not matter."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def supervised(folder: Path, kind: str, count: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a supervisor whose child has begun its life number `count`."""
    parent = subprocess.Popen([sys.executable, "-m", "tests.parent", str(folder), kind])
    try:
        until(lambda: len(lives(folder)) >= count, PATIENCE, f"life {count} of the child")
        yield parent
    finally:
        parent.terminate()
        parent.wait(PATIENCE)


def test_a_child_is_greeted_and_ends_with_its_supervisor(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", 1) as parent:
        [(pid, greeting)] = lives(tmp_path)
        assert greeting == GREETING
        assert runs(pid)
    assert parent.returncode == 0
    assert (tmp_path / "ended").exists(), "it was asked to end, and not killed"
    assert not runs(pid)
    assert len(lives(tmp_path)) == 1, "what is to end is not started again"


def test_a_child_that_falls_is_started_again_and_greeted_again(tmp_path: Path) -> None:
    with supervised(tmp_path, "falls", 3):
        pass
    assert len({pid for pid, _ in lives(tmp_path)}) == 3
    assert {greeting for _, greeting in lives(tmp_path)} == {GREETING}


def test_a_child_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", 1):
        psutil.Process(lives(tmp_path)[0][0]).kill()
        until(lambda: len(lives(tmp_path)) == 2, PATIENCE, "a second life")


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", 1) as parent:
        [(pid, _)] = lives(tmp_path)
        parent.kill()
        until(lambda: not runs(pid), PATIENCE, "the child ends")
    assert (tmp_path / "ended").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_child_that_is_asked_by_a_signal_ends_by_itself(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, "steady", 1):
        psutil.Process(lives(tmp_path)[0][0]).send_signal(number)
        until((tmp_path / "ended").exists, PATIENCE, "the child ends")


def test_a_child_may_finish_what_it_does_until_the_end_is_asked_for_again(tmp_path: Path) -> None:
    with supervised(tmp_path, "busy", 1) as parent:
        [(pid, _)] = lives(tmp_path)
        parent.terminate()
        until((tmp_path / "asked").exists, PATIENCE, "the child is asked")
        assert runs(pid)
        assert not (tmp_path / "ended").exists()
        parent.terminate()
        until((tmp_path / "ended").exists, PATIENCE, "the child ends")


def test_a_child_that_is_busy_ends_at_once_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, "busy", 1) as parent:
        parent.kill()
        until((tmp_path / "ended").exists, PATIENCE, "the child ends")


def test_two_signals_end_a_child_that_is_busy(tmp_path: Path) -> None:
    with supervised(tmp_path, "busy", 1):
        [(pid, _)] = lives(tmp_path)
        psutil.Process(pid).terminate()
        until((tmp_path / "asked").exists, PATIENCE, "the child is asked")
        psutil.Process(pid).terminate()
        until((tmp_path / "ended").exists, PATIENCE, "the child ends")
