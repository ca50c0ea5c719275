"""PostgreSQL killed under load, by -9 or as a power cut would end it, and started again a moment later."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil

from bench.faults.engines import a_cluster
from bench.faults.ledger import Result
from bench.faults.trial import Trial, run
from tests.e2e.running import Running
from tests.postgres import Cluster

STAGE = "restarts"
SECONDS = 300.0
AWAY_SECONDS = 10.0
"At most: longer than a process lives that cannot show its heartbeat."
QUIET_SECONDS = 12.0
START_SECONDS = 30.0


def stage(engine: str, seconds: float, seed: int) -> Result:
    with a_cluster() as (cluster, environment):
        faults = {"immediate": partial(_stop, cluster), "kill -9": partial(_kill, cluster)}
        trial = Trial(STAGE, engine, faults, seconds or SECONDS, seed, environment, quiet_seconds=QUIET_SECONDS)
        return run(trial)


def _stop(cluster: Cluster, service: Running, chance: random.Random) -> bool:
    cluster.kill()
    _start(cluster, chance)
    return False


def _kill(cluster: Cluster, service: Running, chance: random.Random) -> bool:
    postmaster = int((Path(cluster.data) / "postmaster.pid").read_text().split()[0])
    with suppress(psutil.Error):
        below = psutil.Process(postmaster).children()
        os.kill(postmaster, signal.SIGKILL)
        psutil.wait_procs(below, START_SECONDS)  # they notice, and end
    _start(cluster, chance)
    return False


def _start(cluster: Cluster, chance: random.Random) -> None:
    time.sleep(chance.uniform(0.0, AWAY_SECONDS))
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.start()
            return
        except subprocess.CalledProcessError:  # what the one before held of the machine's memory is not free yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
