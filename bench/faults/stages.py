"""The stages there are, and the command that runs them."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bench.faults
from bench.faults import clock, disks, flood, hosts, kills, limits, restarts, store, waiting
from bench.faults.engines import ENGINES, POSTGRESQL, SQLITE
from bench.faults.ledger import Ledger, Result
from bench.table import show


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of fault."""

    run: Callable[[str, float, int], Result]
    "With the engine, seconds (0: as usual) and a seed."
    engines: Sequence[str] = ENGINES


STAGES: Mapping[str, Stage] = {
    kills.STAGE: Stage(kills.stage),
    restarts.STAGE: Stage(restarts.stage, [POSTGRESQL]),
    hosts.STAGE: Stage(hosts.stage, [POSTGRESQL]),
    disks.FULL: Stage(disks.full, [SQLITE]),
    disks.SLOW: Stage(disks.slow, [SQLITE]),
    store.STAGE: Stage(store.stage),
    clock.STAGE: Stage(clock.stage),
    waiting.STAGE: Stage(waiting.stage),
    flood.STAGE: Stage(flood.stage),
    limits.STAGE: Stage(limits.stage),
}


def main(arguments: Sequence[str]) -> None:
    """Run a stage, and print what has been seen of it, this time and before; without one, of all."""
    parser = argparse.ArgumentParser(
        prog="python -m bench faults",
        description=bench.faults.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("stage", nargs="?", choices=list(STAGES))
    parser.add_argument("--engine", choices=ENGINES, help="both if not said, one after the other")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long it goes on, where that can be chosen")
    parser.add_argument("--seed", type=int, default=1, help="of the chance")
    parser.add_argument("--runs", type=int, default=1, help="each with the next seed")
    parser.add_argument("--results", type=Path, default=Path("build/faults.jsonl"), help="added to")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    ledger = Ledger(asked.results)
    wrong = 0
    if asked.stage:
        stage = STAGES[asked.stage]
        for engine in [asked.engine] if asked.engine else stage.engines:
            for seed in range(asked.seed, asked.seed + asked.runs):
                result = stage.run(engine, asked.seconds, seed)
                ledger.add(result)
                wrong += result.wrong
    for name in [asked.stage] if asked.stage else STAGES:
        if rows := list(ledger.summed(name)):
            show(name, rows, asked.json)
    if wrong:
        raise SystemExit(f"{wrong} promises were broken")
