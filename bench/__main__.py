"""`python -m bench [NAME …] [--json]`; without a name, all but `queue` and `faults`."""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench import api, call, charts, faults, lines, paper, queue

BENCHES: Mapping[str, Callable[[bool], None]] = {
    "call": call.run,
    "api": api.run,
    "lines": lines.run,
    "paper": paper.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BENCHES, "queue", "faults"]))
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")
    parser.add_argument("--seconds", type=float, default=faults.SECONDS, help="how long `faults` goes on")
    parser.add_argument("--seed", type=int, default=1, help="of the chance in `faults`")
    parser.add_argument(
        "--charts", type=Path, help="`paper`: only code the T.24 charts, eight PBM files in this folder"
    )
    arguments = parser.parse_args()
    benches: Mapping[str, Callable[[bool], None]] = {
        **BENCHES,
        **({"paper": partial(charts.run, folder=arguments.charts)} if arguments.charts else {}),
        "queue": queue.run,
        "faults": partial(faults.run, seconds=arguments.seconds, seed=arguments.seed),
    }
    for name in arguments.names or BENCHES:
        benches[name](arguments.json)


if __name__ == "__main__":
    main()
