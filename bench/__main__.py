"""`python -m bench [NAME …] [--json]`; without a name, all but `queue`. `python -m bench faults` breaks things."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench import api, call, center, charts, lines, paper, queue
from bench.faults import stages

BENCHES: Mapping[str, Callable[[bool], None]] = {
    "call": call.run,
    "api": api.run,
    "lines": lines.run,
    "paper": paper.run,
    "center": center.run,
}


def main() -> None:
    if sys.argv[1:2] == ["faults"]:
        stages.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BENCHES, "queue"]))
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")
    parser.add_argument(
        "--charts", type=Path, help="`paper`: only code the T.24 charts, eight PBM files in this folder"
    )
    arguments = parser.parse_args()
    benches: Mapping[str, Callable[[bool], None]] = {
        **BENCHES,
        **({"paper": partial(charts.run, folder=arguments.charts)} if arguments.charts else {}),
        "queue": queue.run,
    }
    for name in arguments.names or BENCHES:
        benches[name](arguments.json)


if __name__ == "__main__":
    main()
