"""kill -9 of every kind of process at random moments under load; line processes are frozen as well, and thawed."""

import random
import signal
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import psutil

from bench.faults.engines import database
from bench.faults.ledger import Result
from bench.faults.trial import Fault, Trial, run
from tests.e2e.running import Running

STAGE = "kills"
SECONDS = 240.0
FROZEN_SECONDS = 20.0
"Longer than the limit after which the others take an executor for dead."


def stage(engine: str, seconds: float, seed: int) -> Result:
    with database(engine) as environment:
        return run(Trial(STAGE, engine, FAULTS, seconds or SECONDS, seed, environment, answers=True))


def _kill(role: str, service: Running, chance: random.Random) -> bool:
    _end(chance, service.processes(role))
    return False


def _kill_below(generation: int, service: Running, chance: random.Random) -> bool:
    """Kill a process that opens documents: the zygote (1), or a child of it (2)."""
    processes = [process for role in ("web", "prepare") for process in service.processes(role)]
    for _ in range(generation):
        with suppress(psutil.Error):
            processes = [child for process in processes for child in process.children()]
    _end(chance, processes)
    return False


def _end(chance: random.Random, processes: list[psutil.Process]) -> None:
    if processes:
        with suppress(psutil.Error):
            chance.choice(processes).kill()


def _kill_supervisor(service: Running, chance: random.Random) -> bool:
    service.process.kill()
    service.process.wait()
    return True


def _kill_all(service: Running, chance: random.Random) -> bool:
    service.kill()
    return True


def _freeze(service: Running, chance: random.Random) -> bool:
    for frozen in service.processes("line")[:1]:
        with suppress(psutil.Error):
            frozen.suspend()
            threading.Timer(FROZEN_SECONDS, _thaw, (frozen,)).start()
    return False


def _thaw(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.send_signal(signal.SIGCONT)


FAULTS: Mapping[str, Fault] = {
    **{role: partial(_kill, role) for role in ("web", "prepare", "line", "receive", "machine")},
    "zygote": partial(_kill_below, 1),
    "converter": partial(_kill_below, 2),
    "supervisor": _kill_supervisor,
    "everything": _kill_all,
    "line frozen": _freeze,
}
