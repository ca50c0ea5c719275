"""The wall clock of the whole service jumps, back and forth, by up to two hours.

A library that the loader puts before libc's (`shifted_clock.c`) makes it wrong by what a file says; the clocks that
timers go by are left alone, as when somebody sets a clock.
"""

import random
import struct
import tempfile
from pathlib import Path

from bench.faults.engines import database
from bench.faults.kills import FAULTS as KILLS
from bench.faults.ledger import Result
from bench.faults.preloading import preloaded
from bench.faults.trial import Trial, run
from tests.e2e.running import Running

STAGE = "clock"
SECONDS = 180.0
JUMP_SECONDS = 7200


def stage(engine: str, seconds: float, seed: int) -> Result:
    with database(engine) as environment, tempfile.TemporaryDirectory(prefix="unifax-clock-") as name:
        told = Path(name) / "shift"
        told.write_bytes(struct.pack("q", 0))

        def jump(service: Running, chance: random.Random) -> bool:
            with told.open("r+b") as file:  # as it is: processes have it in their memory
                file.write(struct.pack("q", chance.randint(-JUMP_SECONDS, JUMP_SECONDS)))
            return False

        shifted = {**environment, **preloaded("shifted_clock.c", Path(name)), "SHIFTED_CLOCK": str(told)}
        faults = {"jumps": jump, "line": KILLS["line"]}
        return run(Trial(STAGE, engine, faults, seconds or SECONDS, seed, shifted, clock_holds=False))
