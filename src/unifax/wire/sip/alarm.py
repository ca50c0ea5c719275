"""Moments to come, and what to do then. Knows no clock: somebody says what time it is."""

import heapq
from collections.abc import Callable, Hashable
from itertools import count


class Alarms:
    """Many alarms, of which only the earliest costs anything to ask for."""

    def __init__(self) -> None:
        self._set: dict[Hashable, tuple[int, Callable[[float], None]]] = {}
        self._heap: list[tuple[float, int, Hashable]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._set)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._set

    def set(self, key: Hashable, when: float, ring: Callable[[float], None]) -> None:
        """Call `ring(now)` at `when`, instead of what was set under this key before."""
        number = next(self._numbers)
        self._set[key] = number, ring
        heapq.heappush(self._heap, (when, number, key))

    def cancel(self, key: Hashable) -> None:
        self._set.pop(key, None)

    def next(self) -> float | None:
        """Return when the earliest alarm rings, or None."""
        while self._heap:
            when, number, key = self._heap[0]
            if self._set.get(key, (None,))[0] == number:
                return when
            heapq.heappop(self._heap)  # cancelled, or set anew
        return None

    def ring(self, now: float) -> None:
        """Ring every alarm that is due, the earliest first; one that is set meanwhile for now or before rings too."""
        while (when := self.next()) is not None and when <= now:
            _, _, key = heapq.heappop(self._heap)
            _, ring = self._set.pop(key)
            ring(now)
