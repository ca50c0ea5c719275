"""`python -m bench [NAME …] [--json]`."""

import argparse
from collections.abc import Callable, Mapping

from bench import accept, call, lines

BENCHES: Mapping[str, Callable[[bool], None]] = {"call": call.run, "accept": accept.run, "lines": lines.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")
    arguments = parser.parse_args()
    for name in arguments.names or BENCHES:
        BENCHES[name](arguments.json)


if __name__ == "__main__":
    main()
