"""Two agents on a bad line, and what each of them hears: for tests that read like telephone calls."""

import random
from collections import deque
from collections.abc import Callable
from itertools import count

from tests.link import Link, Sent
from unifax.wire.datagram import Address
from unifax.wire.sip import agent as sip

ALICE, BOB = Address("10.0.0.1", 5060), Address("10.0.0.2", 5070)

Reaction = Callable[[sip.Leg, float], None]


def tokens(name: str) -> Callable[[], str]:
    """Return a maker of fresh tokens, the same ones in every run."""
    numbers = count(1)
    return lambda: f"{name}{next(numbers)}"


def word(event: sip.Event) -> str:
    """Return an event in a word or two, for transcripts."""
    match event:
        case sip.Invited(caller=caller, called=called):
            return f"Invited {caller} > {called}"
        case sip.Progress(status=status) | sip.Refused(status=status) | sip.OfferRefused(status=status):
            return f"{type(event).__name__} {status}"
        case sip.Answered(sdp=sdp) | sip.Offered(sdp=sdp) | sip.OfferAccepted(sdp=sdp):
            return f"{type(event).__name__} {sdp.decode()}"
        case sip.Ended(q850=q850) if q850 is not None:
            return f"Ended {q850}"
        case _:
            return type(event).__name__


class Phone:
    """An agent with somebody at it, who answers to events as told: `phone.on["Offered"] = accept(b"…")`."""

    def __init__(self, address: Address, name: str) -> None:
        self.address = address
        self.agent = sip.Agent(address=address, user_agent="phone", token=tokens(name))
        self.heard: list[str] = []
        "Every event, in a word."
        self.last: sip.Event | None = None
        self.on: dict[str, Reaction] = {}
        "What to do on an event, by its word or its type."
        self.legs: dict[sip.Leg, None] = {}

    def react(self, now: float) -> None:
        waiting = deque(self.agent.events())
        while waiting:
            event = waiting.popleft()
            self.heard.append(word(event))
            self.last = event
            self.legs[event.leg] = None
            reaction = self.on.get(word(event)) or self.on.get(type(event).__name__)
            if reaction is not None:
                reaction(event.leg, now)
            waiting.extend(self.agent.events())

    @property
    def leg(self) -> sip.Leg:
        """The only leg this phone ever had."""
        (leg,) = self.legs
        return leg

    def call(self, to: "Phone", now: float = 0.0, sdp: bytes = b"audio of a") -> sip.Leg:
        return self.agent.invite(
            to=f"sip:7778888@{to.address}",
            from_=f'"A fax" <sip:0003%2A210@{self.address}>',
            sdp=sdp,
            destination=to.address,
            now=now,
        )

    def listens(self, *words: str) -> bool:
        """Whether these were heard, in this order, among others."""
        heard = iter(self.heard)
        return all(wanted in heard for wanted in words)


class Line:
    """Alice and Bob, and the network between them."""

    def __init__(
        self,
        seed: int = 0,
        *,
        loss: float = 0.0,
        delay: float = 0.02,
        jitter: float = 0.0,
        duplicate: float = 0.0,
        lose: Callable[[Sent], bool] = lambda sent: False,
    ) -> None:
        self.a, self.b = Phone(ALICE, "a"), Phone(BOB, "b")
        self.link = Link(
            self.a.agent,
            ALICE,
            self.b.agent,
            BOB,
            random.Random(seed),
            loss=loss,
            delay=delay,
            jitter=jitter,
            duplicate=duplicate,
            lose=lose,
            react=self._react,
        )

    def _react(self, now: float) -> None:
        self.a.react(now)
        self.b.react(now)

    def run(self, seconds: float, done: Callable[[], bool] = lambda: False) -> bool:
        return self.link.run(seconds, done)

    def talk(self) -> None:
        """Let Alice call Bob, and Bob answer."""
        self.b.on["Invited"] = lambda leg, now: leg.answer(b"audio of b", now)
        self.a.call(self.b, self.link.now)
        assert self.run(5, lambda: bool(self.b.legs) and self.b.leg.phase == "talking"), self.link.transcript()

    def rest(self) -> None:
        """Let every timer run out: nothing is left of what was."""
        self.run(200)
        assert (len(self.a.agent), len(self.b.agent)) == (0, 0), self.link.transcript()
        assert self.link.next_moment() is None

    def methods(self) -> list[str]:
        """What was sent, by method or status: `["INVITE", "100", "200", "ACK"]`."""
        firsts = [sent.data.split(b"\r\n")[0].decode().split(" ") for sent in self.link.sent]
        return [first[1] if first[0] == "SIP/2.0" else first[0] for first in firsts]
