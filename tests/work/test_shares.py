"""Whose turn it is, by places in a queue."""

from unifax.model.terms import Priority
from unifax.store.turns import Before
from unifax.work.shares import FIRST_PLACE, Shares, places_of

ALICE, BOB = 1, 2


class Line:
    """A queue as a list, done from its first place on."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, int]] = []
        self._came = 0

    def put(self, whose: int, pieces: int = 1, priority: Priority = Priority.NORMAL) -> None:
        shares = Shares(self._head)
        before = sum(place in places_of(priority) for place, _, of in self.waiting if of == whose)
        for waiting in range(before, before + pieces):
            self._came += 1
            self.waiting.append((shares.place("q", priority, Before(whose, waiting)), self._came, whose))

    def do(self, pieces: int) -> list[int]:
        """Do the next pieces; return whose they were."""
        self.waiting.sort()
        done = [whose for _, _, whose in self.waiting[:pieces]]
        del self.waiting[:pieces]
        return done

    def _head(self, queue: str, places: range) -> int | None:
        return min((place for place, _, _ in self.waiting if place in places), default=None)


def test_one_fax_does_not_wait_for_all_that_another_organization_sends() -> None:
    line = Line()
    line.put(ALICE, 10_000)
    line.do(17)
    line.put(BOB)
    assert BOB in line.do(2)


def test_two_who_always_have_something_waiting_get_half_each() -> None:
    line = Line()
    line.put(ALICE, 1000)
    line.do(100)
    done: list[int] = []
    for _ in range(200):
        if not any(whose == BOB for _, _, whose in line.waiting):
            line.put(BOB)
        done += line.do(1)
    assert 90 <= done.count(BOB) <= 110
    line.put(BOB, 500)
    assert 90 <= line.do(200).count(ALICE) <= 110


def test_what_one_organization_sends_goes_in_its_order() -> None:
    line = Line()
    line.put(ALICE, 3)
    line.do(1)
    line.put(ALICE, 2)
    came = [number for _, number, _ in sorted(line.waiting)]
    assert came == sorted(came)


def test_urgent_faxes_go_first_whoever_has_sent_the_others() -> None:
    line = Line()
    line.put(BOB, 1, Priority.LOW)
    line.put(ALICE, 10_000)
    line.put(ALICE, 2, Priority.URGENT)
    line.put(BOB, 2)
    assert line.do(2) == [ALICE, ALICE]
    assert BOB in line.do(2)
    assert line.do(20_000)[-1] == BOB, "of low priority"


def test_rounds_begin_anew_when_nothing_waits() -> None:
    line = Line()
    line.put(ALICE, 100)
    line.do(100)
    line.put(ALICE)
    assert line.waiting[0][0] == places_of(Priority.NORMAL).start


def test_places_fit_into_what_the_queue_keeps_and_stand_behind_those_of_the_first_release() -> None:
    assert places_of(Priority.LOW).stop < 2**31
    assert places_of(Priority.URGENT).start == FIRST_PLACE > max(Priority)
