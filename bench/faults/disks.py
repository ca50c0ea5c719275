"""A disk that is full now and then, and one on which every flush is slow.

Full: the data folder is a file system of its own in memory, which is filled to the last octet and emptied again. Slow:
a library that the loader puts before libc's (`slow_disk.c`) waits in fsync and fdatasync; SQLite and Python both flush
by these. Both need SQLite: PostgreSQL's disk is another one.
"""

import random
import tempfile
import time
from pathlib import Path

from bench.faults.kills import FAULTS as KILLS
from bench.faults.ledger import Result
from bench.faults.preloading import preloaded
from bench.faults.trial import Trial, run
from tests.disks import fill, small_disk
from tests.e2e.running import Running

FULL, SLOW = "full", "slow"
SECONDS = 180.0
DISK_OCTETS = 300 << 20
FULL_SECONDS = 8.0
DELAY_MS = 250


def full(engine: str, seconds: float, seed: int) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="unifax-disk-") as name,
        small_disk(Path(name) / "disk", DISK_OCTETS) as disk,
    ):

        def filled(service: Running, chance: random.Random) -> bool:
            filling = fill(disk)
            time.sleep(chance.uniform(1.0, FULL_SECONDS))
            filling.unlink()
            return False

        faults = {"filled": filled, "line": KILLS["line"], "prepare": KILLS["prepare"]}
        return run(Trial(FULL, engine, faults, seconds or SECONDS, seed, disk=disk))


def slow(engine: str, seconds: float, seed: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="unifax-disk-") as name:
        environment = {**preloaded("slow_disk.c", Path(name)), "SLOW_DISK_MS": str(DELAY_MS)}
        faults = {kind: KILLS[kind] for kind in ("web", "prepare", "line", "everything")}
        return run(Trial(SLOW, engine, faults, seconds or SECONDS, seed, environment))
