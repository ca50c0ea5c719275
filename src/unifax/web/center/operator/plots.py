"""Columns of a plot, placed: what a template draws as SVG. Knows neither what is counted nor how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 4, 8, 24
"Margins: for the numbers of the scale, and for the words below."


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the scale, or a word below a column."""

    at: float
    value: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Columns whose parts stand on each other."""

    bars: Sequence[Bar]
    scale: Sequence[Mark]
    columns: Sequence[Mark]
    "Those with a word below; `value` says which."
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def stacked(columns: Sequence[Sequence[int]], words: int) -> Plot:
    """Place columns, each with a count for every series; about so many get a word below."""
    top = _round(max((sum(column) for column in columns), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    high = HEIGHT - TOP - BOTTOM
    bars = []
    for number, column in enumerate(columns):
        below = 0
        for series, count in enumerate(column):
            if count:
                y = HEIGHT - BOTTOM - high * (below + count) / top
                x, width = LEFT + step * (number + 0.1), step * 0.8
                bars.append(Bar(round(x, 1), round(y, 1), round(width, 1), round(high * count / top, 1), series))
            below += count
    lines = sorted({0, top // 2, top})
    scale = [Mark(round(HEIGHT - BOTTOM - high * line / top, 1), line) for line in lines]
    every = max(1, ceil(len(columns) / words))
    named = [Mark(round(LEFT + step * (number + 0.5), 1), number) for number in range(0, len(columns), every)]
    return Plot(bars, scale, named)


def _round(most: int) -> int:
    """Return the end of a scale: 1, 2 or 5 times a power of ten, at least `most`."""
    if most <= 1:
        return 1
    power: int = 10 ** floor(log10(most))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= most)
