"""Anything said in any order, by a far side that keeps no rule: nothing breaks, memory is bounded, each leg ends."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wire.sip.far_side import FarSide
from unifax.wire.sip import agent as sip
from unifax.wire.sip.message import Request

METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "UPDATE", "INFO", "PRACK", "OPTIONS"]
STATUSES = [100, 180, 183, 200, 202, 302, 401, 407, 408, 422, 481, 486, 488, 491, 500, 503, 603]
FIELDS = [
    ("Require", "100rel"),
    ("RSeq", "1"),
    ("Session-Expires", "90;refresher=uac"),
    ("Supported", "timer"),
    ("Min-SE", "1800"),
    ("Contact", "<sip:far@10.0.0.9>"),
    ("Allow", "INVITE, UPDATE"),
    ("WWW-Authenticate", 'Digest realm="r", nonce="n"'),
    ("Record-Route", "<sip:10.0.0.5;lr>"),
]
EACH_MESSAGE = 8
"Legs, transactions and alarms that one message, and what its owner does, may add at most."

fields = st.lists(st.sampled_from(FIELDS), max_size=3)
tags = st.sampled_from(["", "far", "other"])
bodies = st.sampled_from([b"", b"v=0"])
cseqs = st.sampled_from([0, 0, 0, 1, 2])
"Of a request of theirs; 0 is the next, or the one to acknowledge."
from_tags = st.sampled_from(["far", "far", "far", "other", ""])
branches = st.sampled_from([None, None, "z9hG4bKa", "b"])
requests = st.tuples(st.just("ask"), st.sampled_from(METHODS), cseqs, branches, from_tags, bodies, fields)
answers = st.tuples(st.just("answer"), st.integers(0, 3), st.sampled_from(STATUSES), tags, bodies, fields)
commands = st.tuples(
    st.just("do"), st.sampled_from(["ring", "answer", "refuse", "offer", "accept", "decline", "cancel", "bye"])
)
waits = st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 40.0, 1000.0]))


class Chaos:
    """A far side, and an owner of our legs, that do what they are told."""

    def __init__(self) -> None:
        self.far = FarSide()
        leg, invite = self.far.be_called()
        self.said = [invite]
        "Our requests, the last ones."
        self.legs: dict[sip.Leg, None] = {leg: None, self.far.call_us(): None}
        self.ends: dict[sip.Leg, int] = {}
        self.cseq = 1

    def act(self, step: tuple[object, ...]) -> None:
        far = self.far
        match step:
            case ("ask", str(method), int(cseq), branch, str(tag), bytes(body), list(given_fields)):
                self.cseq += method not in ("ACK", "CANCEL")
                for leg in list(self.legs)[-2:]:
                    request = far.request(
                        method,
                        ("From", f"<sip:far@10.0.0.9>;tag={tag or 'far'}"),
                        *given_fields,
                        to_tag=leg.tag if tag else "",
                        cseq=cseq or self.cseq,
                        branch=branch if isinstance(branch, str) else None,
                        body=body,
                        call_id=leg.call_id if tag else "call of theirs",
                    )
                    self.keep(far.say(bytes(request)))
            case ("answer", int(which), int(status), str(tag), bytes(body), list(given_fields)) if self.said:
                request = self.said[-1 - which % len(self.said)]
                self.keep(far.answer(request, status, *given_fields, tag=tag, body=body))
            case ("do", str(command)):
                for leg in self.legs:
                    self.command(leg, command)
            case ("wait", float(seconds)):
                self.keep(far.wait(seconds))
        self.keep(far.take())
        for event in far.agent.events():
            self.legs[event.leg] = None
            if isinstance(event, sip.Refused | sip.Ended | sip.Closed):
                self.ends[event.leg] = self.ends.get(event.leg, 0) + 1

    def keep(self, messages: object) -> None:
        assert isinstance(messages, list)
        self.said = (self.said + [message for message in messages if isinstance(message, Request)])[-20:]

    def command(self, leg: sip.Leg, command: str) -> None:
        now = self.far.now
        match command:
            case "ring" | "cancel" | "bye":
                getattr(leg, command)(now)
            case "answer" | "offer" | "accept":
                getattr(leg, command)(b"ours", now)
            case _:
                getattr(leg, command)(488, now)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests | answers | commands | waits, min_size=10, max_size=30))
def test_nothing_breaks_and_every_leg_ends_once(steps: list[tuple[object, ...]]) -> None:
    chaos = Chaos()
    for number, step in enumerate(steps, 3):
        chaos.act(step)
        assert len(chaos.far.agent) <= EACH_MESSAGE * number
    chaos.act(("do", "bye"))
    chaos.act(("wait", 300.0))
    assert len(chaos.far.agent) == 0
    assert {leg.phase for leg in chaos.legs} == {"over"}
    assert all(times == 1 for times in chaos.ends.values())
