"""The wall clock of the whole service jumps, back and forth, by up to two hours (libfaketime); its timers' does not."""

import random
import tempfile
from glob import glob
from pathlib import Path

from bench.faults.engines import database
from bench.faults.kills import FAULTS as KILLS
from bench.faults.ledger import Result
from bench.faults.trial import Trial, run
from tests.e2e.running import Running

STAGE = "clock"
SECONDS = 180.0
JUMP_SECONDS = 7200
LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def stage(engine: str, seconds: float, seed: int) -> Result:
    libraries = glob(LIBRARY)
    if not libraries:
        raise SystemExit("libfaketime is not installed: apt-get install faketime")
    with database(engine) as environment, tempfile.TemporaryDirectory(prefix="unifax-clock-") as name:
        told = Path(name) / "clock"
        told.write_text("+0")

        def jump(service: Running, chance: random.Random) -> bool:
            new = told.with_suffix(".new")
            new.write_text(f"{chance.randint(-JUMP_SECONDS, JUMP_SECONDS):+d}")
            new.rename(told)
            return False

        fake = {
            "LD_PRELOAD": libraries[0],
            "FAKETIME_TIMESTAMP_FILE": str(told),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        faults = {"jumps": jump, "line": KILLS["line"]}
        return run(Trial(STAGE, engine, faults, seconds or SECONDS, seed, {**environment, **fake}, clock_holds=False))
