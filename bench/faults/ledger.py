"""What was seen, a line for each run: a stage may be run in parts, and its parts are summed. Knows no stage."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.table import Row


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of a stage has seen."""

    stage: str
    engine: str
    counts: Mapping[str, int]
    "To be summed."
    worst: Mapping[str, float] = field(default_factory=dict)
    "The greatest that was measured is told."
    wrong: int = 0
    "How many promises were broken."


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file of results, only ever added to."""

    path: Path

    def add(self, result: Result) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")

    def summed(self, stage: str) -> Iterator[Row]:
        """Yield a row for each engine that a stage was run on."""
        results = [result for result in self._results() if result.stage == stage]
        for engine in dict.fromkeys(result.engine for result in results):
            yield _sum([result for result in results if result.engine == engine])

    def _results(self) -> Iterator[Result]:
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                yield Result(**json.loads(line))


def _sum(results: list[Result]) -> Row:
    counts, worst = Counter[str](), dict[str, float]()
    for result in results:
        for name, count in result.counts.items():
            counts[name] += count
        for name, value in result.worst.items():
            worst[name] = max(value, worst.get(name, value))
    return {
        "engine": results[0].engine,
        "runs": len(results),
        **counts,
        **worst,
        "wrong": sum(result.wrong for result in results),
    }
