"""Nothing accepted is lost, and nothing is called sent that was not: processes are killed at random moments."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mortal import FAR_END, PAGES
from tests.postgres import opened
from unifax.model.accounts import AccountKind, Viewer
from unifax.model.fax import OPEN, DeliveryState, DeliveryView
from unifax.store.db import Connection, Database
from unifax.store.faxes import fax_view

ROOT = Path(__file__).parents[2]
SEED = 20
ROUNDS = 3
KILLS = 4
ADMINISTRATOR = Viewer(1, AccountKind.ADMINISTRATOR, 1)


class Mortals:
    """The processes of one round."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[tuple[str, subprocess.Popen[bytes], Path]] = []
        self._outputs: list[Path] = []

    def start(self, role: str) -> None:
        output = self._folder / f"{role}-{len(self._outputs)}.out"
        self._outputs.append(output)
        with open(output, "wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.mortal", role, str(self._folder / "data")], cwd=ROOT, stdout=out
            )
        self._started.append((role, process, output))

    def kill(self, index: int) -> str:
        """Kill -9 one process and return its role."""
        role, process, _ = self._started.pop(index)
        process.kill()
        process.wait()
        return role

    def kill_all(self) -> None:
        while self._started:
            self.kill(0)

    def accepted(self) -> set[int]:
        """Return the ids that were promised: printed whole, after the commit."""
        lines = [line for output in self._outputs for line in output.read_bytes().splitlines(keepends=True)]
        return {int(line) for line in lines if line.endswith(b"\n")}


@contextmanager
def mortals(folder: Path) -> Iterator[Mortals]:
    made = Mortals(folder)
    try:
        yield made
    finally:
        made.kill_all()


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition that other processes bring about."""
    deadline = time.monotonic() + seconds  # noqa: TID251  # real processes live in real time
    while not true():
        assert time.monotonic() < deadline, "this did not come true"  # noqa: TID251
        time.sleep(0.05)


def far_end(data: Path) -> int:
    """Return how much the far end has received."""
    log = data / FAR_END
    return log.stat().st_size if log.exists() else 0


def open_deliveries(conn: Connection) -> int:
    states = ", ".join(f"'{state}'" for state in OPEN)
    return int(conn.exec_driver_sql(f"SELECT count(*) FROM deliveries WHERE state IN ({states})").scalar_one())


def called(db: Database, fax_id: int) -> DeliveryView:
    fax = db.read(fax_view, ADMINISTRATOR, fax_id)
    assert fax is not None, "an accepted fax is lost"
    by_call, by_inbox = fax.deliveries
    assert by_inbox.state is DeliveryState.SENT
    return by_call


@pytest.mark.timeout(240)
def test_faxes_survive_kill_9_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    data = tmp_path / "data"
    with mortals(tmp_path) as processes:
        for _ in range(ROUNDS):
            before = len(processes.accepted()), far_end(data)
            for role in ("accept", "work", "work"):
                processes.start(role)
            until(lambda: len(processes.accepted()) > before[0] and far_end(data) > before[1], 60)  # noqa: B023
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.0, 1.0))
                processes.start(processes.kill(chance.randrange(3)))
            processes.kill_all()
        db = opened(data)
        left = db.read(open_deliveries)
        processes.start("work")
        until(lambda: db.read(open_deliveries) == 0, 120)
        accepted = processes.accepted()
    received = Counter((data / FAR_END).read_text().splitlines())
    states: Counter[DeliveryState] = Counter()
    for fax_id in accepted:
        delivery = called(db, fax_id)
        states[delivery.state] += 1
        pages = [received[f"{fax_id} {page}"] for page in range(1, PAGES + 1)]
        match delivery.state:
            case DeliveryState.SENT:
                assert all(pages), "called sent, and pages never left"
                assert delivery.pages_confirmed == PAGES
            case state:
                # Killed between the last page and the writing down of its confirmation.
                assert state is DeliveryState.UNCERTAIN
                assert delivery.pages_confirmed == PAGES - 1
    if db.engine.dialect.name == "sqlite":
        assert db.read(lambda conn: conn.exec_driver_sql("PRAGMA integrity_check").scalar_one()) == "ok"
    db.close()
    assert left > 0, "nothing was left to recover: this proved nothing"
    assert states[DeliveryState.SENT] > states[DeliveryState.UNCERTAIN]
    print(len(accepted), "accepted,", left, "open after the last kill,", dict(states))  # noqa: T201
