"""Which trunks a number may go by, and in which order: pure functions of the settings. They know no server.

Numbers are taken as `model.numbering.NumberingPlan.canonical` returns them.
"""

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unifax.model.errors import RecipientsInvalid
from unifax.model.outcome import Outcome


def matches(number: str, patterns: Sequence[str]) -> bool:
    """Whether a number has the form of one of the patterns: `*` any digits, `?` one digit, `[1-5]` one of these."""
    return any(fnmatch.fnmatchcase(number, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Route:
    """One way for numbers of some form."""

    trunk: str
    numbers: Sequence[str]
    "Patterns of the numbers it reaches."
    deny: Sequence[str] = ()
    "Patterns of those among them that it does not carry."
    cost: float = 0.0
    "The cheaper way is tried first; of equals, the one named first."
    alone: bool = False
    "What it reaches goes no other way."

    def reaches(self, number: str) -> bool:
        return matches(number, self.numbers) and not matches(number, self.deny)


@dataclass(frozen=True, slots=True)
class Routes:
    """Every way there is."""

    routes: Sequence[Route]
    deny: Sequence[str] = ()
    "Patterns of numbers that nobody may call."
    objection: Callable[[str], str | None] = lambda number: None
    "Says of a number why nobody may call it, or None (`model.numbering.Guard`)."

    def ways(self, number: str) -> Sequence[str]:
        """Return the trunks that reach a number, in the order they are to be tried. None reaches a denied number."""
        if self._refusal(number) is not None:
            return ()
        reaching = sorted((route for route in self.routes if route.reaches(number)), key=lambda route: route.cost)
        alone = [route for route in reaching if route.alone]
        return tuple(route.trunk for route in alone or reaching)

    def first(self, number: str) -> str:
        """Return the trunk that a number is called by first. Raises RecipientsInvalid when none may, saying why."""
        refusal = self._refusal(number)
        if refusal is not None:
            raise RecipientsInvalid(refusal)
        ways = self.ways(number)
        if not ways:
            raise RecipientsInvalid(f"No trunk reaches '{number}'.")
        return ways[0]

    def _refusal(self, number: str) -> str | None:
        if matches(number, self.deny):
            return f"'{number}' may not be called."
        return self.objection(number)


FAULTS_OF_A_TRUNK = frozenset({Outcome.UNREACHABLE, Outcome.CONGESTION, Outcome.NOT_AUTHORIZED})
"Ends of a call that say nothing of the number called: another trunk may do better."


def next_way(ways: Sequence[str], trunk: str, outcome: Outcome) -> str | None:
    """Return the trunk to call by at once, after a call that `trunk` has failed; None when there is no other."""
    if outcome not in FAULTS_OF_A_TRUNK or trunk not in ways:
        return None
    return next(iter(ways[ways.index(trunk) + 1 :]), None)


def way_after_a_pause(ways: Sequence[str], trunk: str, outcome: Outcome) -> str:
    """Return the trunk to call by later: the one that got through, or, when all have failed, the first again."""
    return ways[0] if outcome in FAULTS_OF_A_TRUNK and trunk in ways else trunk


def rewritten(number: str, rules: Mapping[str, str]) -> str:
    """Return a number as a trunk wants it: each rule (regular expression, what to put in its place) applied in turn."""
    for pattern, replacement in rules.items():
        number = re.sub(pattern, replacement, number, count=1)
    return number
