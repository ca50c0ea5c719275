"""The place of work in its queue, so that no organization waits for all that another one sends. Pure.

A queue is done in the order of a number that each piece has from when it came. Here is how that number is chosen
(start-time fair queueing): each organization's next piece stands one round after its last, and who has nothing
waiting joins the round that is being done. So of two who always have something waiting each gets half; urgent work
goes first all the same, whoever sends it.
"""

from collections.abc import Callable

from unifax.model.terms import Priority
from unifax.store.turns import Before

FIRST_PLACE = 1000
"What has a smaller number was put in by the first release, which gave priorities as they are."
ROUNDS = 700_000_000
"Rounds of each priority. They begin anew whenever nothing of it waits."


class Shares:
    """Gives places to pieces of work that are put in together."""

    def __init__(self, head: Callable[[str, range], int | None]) -> None:
        """`head` says which of some places in a queue is the first where something waits."""
        self._head = head
        self._given: dict[tuple[str, Priority, int], int] = {}

    def place(self, queue: str, priority: Priority, before: Before) -> int:
        """Return the place of a piece of work that has been written down."""
        places = places_of(priority)
        whose = (queue, priority, before.organization_id)
        if whose in self._given:
            place = self._given[whose] + 1
        else:
            head = self._head(queue, places)
            place = (places.start if head is None else head) + before.waiting
        self._given[whose] = place = min(place, places.stop - 1)
        return place


def places_of(priority: Priority) -> range:
    """Return the places of a priority. The smallest place goes first."""
    first = FIRST_PLACE + sorted(Priority).index(priority) * ROUNDS
    return range(first, first + ROUNDS)
