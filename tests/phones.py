"""Two fax machines on a made-up network: whole calls, SIP and media, without a socket or a clock."""

import itertools
import random
from collections.abc import Callable
from functools import partial

from tests.link import Link, Sent
from tests.terminals import receives, sends
from unifax.line.call import Call, CallEvent, Over
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.line.station import Station
from unifax.model.call import CallReport, Milestone, Progress
from unifax.wire.datagram import Address, Datagram
from unifax.wire.sip.agent import Invited
from unifax.wire.t30 import PageReceived

NUMBER = "7778888"


class Ear:
    """One local address of a station, as the network sees it."""

    def __init__(self, station: Station, local: Address) -> None:
        self._station = station
        self._local = local
        self.queue: list[Datagram] = []

    def receive(self, data: bytes, source: Address, now: float) -> None:
        self._station.receive(self._local, data, source, now)

    def wake(self, now: float) -> None:
        self._station.wake(now)

    def next_wake(self) -> float | None:
        return self._station.next_wake()

    def datagrams_to_send(self) -> list[Datagram]:
        taken, self.queue = self.queue, []
        return taken


class Phone:
    """A station with its SIP and one media address on the network."""

    def __init__(self, host: str, seed: int) -> None:
        self.sip = Address(host, 5060)
        self.media = Address(host, 4000)
        numbers = itertools.count()
        self.station = Station(
            self.sip,
            user_agent="test",
            token=lambda: f"{host.replace('.', '-')}-{next(numbers)}",
            chance=random.Random(seed).random,
        )
        self.ears = {self.sip: Ear(self.station, self.sip), self.media: Ear(self.station, self.media)}
        self.events: list[CallEvent] = []
        self.silent = False
        "A machine that has lost its power: nothing leaves it any more."

    def settle(self) -> None:
        """Take what happened and put what should leave on the network."""
        self.events += [event for _, event in self.station.events()]
        for outgoing in self.station.datagrams_to_send():
            if not self.silent:
                self.ears[outgoing.local].queue.append(outgoing.datagram)

    @property
    def report(self) -> CallReport | None:
        return next((event.report for event in self.events if isinstance(event, Over)), None)

    @property
    def milestones(self) -> list[Milestone]:
        return [event.milestone for event in self.events if isinstance(event, Progress)]


sending = partial(sends, paced=False)
receiving = partial(receives, paced=False)
"Unpaced unless a test says otherwise: a whole call is then a few seconds of made-up time."


class Conversation:
    """A caller, who dials, and a machine, which does what `answer` says with the call that comes in."""

    def __init__(
        self,
        plan: Plan,
        answer: Callable[["Conversation", Invited, float], None],
        *,
        loss: float = 0.0,
        jitter: float = 0.0,
        duplicate: float = 0.0,
        lose: Callable[[Sent], bool] = lambda sent: False,
        seed: int = 1,
        releases: bool = True,
        recorder: Recorder | None = None,
    ) -> None:
        self.caller = Phone("10.0.0.1", seed)
        self.machine = Phone("10.0.0.2", seed + 1)
        self._answer = answer
        self._releases = releases
        self._released = self._pages = 0
        self.watch: Callable[[float], None] = lambda now: None
        "Called after every moment, for what a test wants to do in the middle of a call."
        self.link = Link(
            self.caller.ears[self.caller.sip],
            self.caller.sip,
            self.machine.ears[self.machine.sip],
            self.machine.sip,
            random.Random(seed),
            loss=loss,
            jitter=jitter,
            duplicate=duplicate,
            lose=lose,
            react=self._react,
        )
        for phone in (self.caller, self.machine):
            self.link.join(phone.ears[phone.media], phone.media)
        self.recorder = recorder or Recorder(self.link.now)
        self.call: Call = self.caller.station.place(
            NUMBER, self.machine.sip, "0003*210", plan, self.caller.media, self.link.now, recorder=self.recorder
        )

    def run(self, seconds: float = 600.0) -> CallReport | None:
        """Let the call happen; return the caller's report, or None when the call has not ended by then."""
        self.link.run(seconds, lambda: self.caller.report is not None)
        report = self.caller.report
        self.link.run(40.0)  # what the machine still has to do
        return report

    def _react(self, now: float) -> None:
        for invited in self.machine.station.invited():
            self._answer(self, invited, now)
        self.watch(now)
        self.caller.settle()
        self.machine.settle()
        out = self.caller.milestones.count(Milestone.LAST_PAGE_OUT)
        if self._releases and out > self._released:
            self._released = out
            self.caller.station.release(self.call, now)
        received = sum(isinstance(event, PageReceived) for event in self.machine.events)
        if received > self._pages:
            self._pages = received
            for call in self.machine.station.calls.values():
                self.machine.station.release(call, now)


def takes(plan: Plan) -> Callable[[Conversation, Invited, float], None]:
    """The machine answers, by this plan."""

    def answer(conversation: Conversation, invited: Invited, now: float) -> None:
        invited.leg.ring(now)
        machine = conversation.machine
        machine.station.take(invited, plan, machine.media, now)

    return answer


def refuses(status: int, retry_after: int | None = None) -> Callable[[Conversation, Invited, float], None]:
    return lambda _, invited, now: invited.leg.refuse(status, now, retry_after=retry_after)


def only_rings(_: Conversation, invited: Invited, now: float) -> None:
    invited.leg.ring(now)


def ignores(_: Conversation, invited: Invited, now: float) -> None:
    """Not even ringing: only the transaction's own 100."""
