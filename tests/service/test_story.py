"""Any story of a fax, told at random: called, cancelled, sent again, crashed. What must hold, holds throughout."""

import asyncio
import itertools
import json
import tempfile
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.desk import PAGES, Desk, dies, ends
from tests.world import a_world
from unifax.model.errors import TooLate
from unifax.model.fax import OPEN, DeliveryState, fax_state
from unifax.model.outcome import Outcome
from unifax.model.terms import Priority, Terms
from unifax.service import control

NUMBERS = ("7778801", "7778802", "0003*211")
ENDS = [
    *(ends(Outcome.SENT, PAGES), ends(Outcome.BUSY), ends(Outcome.DROPPED, 1), ends(Outcome.NO_SUCH_NUMBER)),
    *(ends(Outcome.UNCERTAIN, PAGES - 1), ends(Outcome.CANCELLED, 1), dies),
]


class Story(RuleBasedStateMachine):
    """One fax to three recipients, and everything that can come to it."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desk = Desk(self.stack.enter_context(a_world(folder)))
        self.desk.far_ends = {number: [] for number in NUMBERS}
        self.desk.send(*NUMBERS, terms=Terms(Priority.NORMAL))
        self.sent: set[str] = set()

    def teardown(self) -> None:
        self.stack.close()

    @rule(how=st.lists(st.sampled_from(ENDS), min_size=2, max_size=2))
    def work(self, how: list[object]) -> None:
        """Do what is due, the calls ending so."""
        for number, end in zip(NUMBERS, how, strict=False):
            self.desk.far_ends[number] = [end] * 2  # type: ignore[list-item]  # hypothesis loses the type of functions
        with suppress(asyncio.CancelledError):
            self.desk.step()

    @rule(seconds=st.sampled_from([1, 60, 400]))
    def wait(self, seconds: int) -> None:
        self.desk.now += timedelta(seconds=seconds)

    @rule()
    def give_up(self) -> None:
        self.desk.world.run(self.desk.preparer.give_up())

    @rule()
    def cancel(self) -> None:
        world = self.desk.world
        with suppress(TooLate):
            world.db.write(control.cancel, world.queue, self.desk.now, world.bob.viewer, "@me", "0003*210", "1")

    @precondition(lambda self: not {each.state for each in self.desk.view(1).deliveries} & OPEN)
    @rule(uncertain=st.booleans(), minutes=st.sampled_from([None, 5]))
    def resend(self, uncertain: bool, minutes: int | None) -> None:
        world = self.desk.world
        asked: dict[str, object] = {"uncertain": uncertain}
        if minutes is not None:
            asked["giveUpAt"] = (self.desk.now + timedelta(minutes=minutes)).isoformat()
        with suppress(TooLate):
            recipients, now = world.sending().recipients, self.desk.now
            world.db.write(
                control.resend, world.queue, recipients, now, world.bob.viewer, "@me", "0003*210", "1", asked
            )

    @invariant()
    def what_is_open_has_live_work(self) -> None:
        self.desk.open()

    @invariant()
    def the_state_of_the_fax_is_that_of_its_recipients(self) -> None:
        fax = self.desk.view(1)
        assert self.desk.world.column("SELECT state FROM faxes") == [fax_state(each.state for each in fax.deliveries)]

    @invariant()
    def what_is_sent_is_whole_and_stays_sent(self) -> None:
        for each in self.desk.view(1).deliveries:
            if each.state is DeliveryState.SENT:
                assert each.pages_confirmed == PAGES
                self.sent.add(each.recipient)
            assert each.recipient not in self.sent or each.state is DeliveryState.SENT
        assert self.desk.world.column("SELECT count(*) FROM inbox") == [int("0003*211" in self.sent)]

    @invariant()
    def every_change_of_state_was_told_once(self) -> None:
        for position, each in enumerate(self.desk.view(1).deliveries):
            told = [
                json.loads(str(facts))["state"]
                for facts in self.desk.world.column(
                    f"SELECT facts FROM events WHERE kind = 'recipient' AND position = {position} ORDER BY id"
                )
            ]
            assert told[-1] == each.state
            assert all(one != other for one, other in itertools.pairwise(told))


Story.TestCase.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
TestStory = Story.TestCase
