"""The four transaction machines: every row of their table walked, and their timers by the clock."""

import itertools

import pytest

from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.message import Headers, Request, Response, parse
from unifax.wire.sip.moves import FIRST, MOVES, TIMERS, Act, Kind, Sign, State
from unifax.wire.sip.transaction import Transaction, Transactions, cancel

FAR = Address("10.0.0.2", 5060)
STATUS = {Sign.PROVISIONAL: 180, Sign.SUCCESS: 200, Sign.FAILURE: 486}
SENT_BY = {Act.REPEAT: 1, Act.SEND: 1, Act.ACK: 1, Act.TELL: 0, Act.TIME_OUT: 0, Act.FAIL: 0}


def request(method: str, branch: str = "z9hG4bK1", *fields: tuple[str, str]) -> Request:
    headers = Headers.of(
        ("Via", f"SIP/2.0/UDP 10.0.0.2:5060;branch={branch}"),
        ("Max-Forwards", "70"),
        ("From", "<sip:a@10.0.0.1>;tag=a"),
        ("To", "<sip:b@10.0.0.2>"),
        ("Call-ID", "call"),
        ("CSeq", f"1 {method}"),
        *fields,
    )
    return Request(method, "sip:b@10.0.0.2", headers=headers)


class Bench:
    """One transaction and all that comes out of it."""

    def __init__(self, kind: Kind, far: Address = FAR) -> None:
        self.layer = Transactions()
        self.told: list[tuple[float, int]] = []
        asked = request("INVITE" if "INVITE" in kind else "BYE")
        if "client" in kind:
            self.transaction = self.layer.ask(asked, far, self._tell, 0.0)
        else:
            served = self.layer.asked(asked, 0.0, far if far.is_reliable else None)
            assert served is not None
            self.transaction = served
        self.kind = kind

    def _tell(self, response: Response, now: float) -> None:
        self.told.append((now, response.status))

    def give(self, sign: Sign, now: float = 0.0) -> None:
        response = None
        if sign in STATUS:
            response = self.transaction.request.response(STATUS[sign], tag="b")
        self.transaction.sign(sign, now, response)

    def take(self) -> list[str]:
        """Return what was sent since: methods and statuses."""
        datagrams, self.layer.outbox = self.layer.outbox[:], []
        messages = [parse(datagram.data) for datagram in datagrams]
        return [m.method if isinstance(m, Request) else str(m.status) for m in messages]

    def timeline(self, seconds: float) -> list[tuple[float, str]]:
        """Return when what was sent, until then."""
        sent = [(0.0, word) for word in self.take()]
        while (now := self.layer.alarms.next()) is not None and now <= seconds:
            self.layer.alarms.ring(now)
            sent += [(now, word) for word in self.take()]
        return sent


def way(kind: Kind, state: State) -> list[Sign]:
    """Return signs that lead a fresh transaction to a state."""
    ways: dict[State, list[Sign]] = {FIRST[kind]: []}
    while state not in ways:
        ways.update(
            {
                to: [*ways[came_from], sign]
                for (of, came_from, sign), (to, _) in MOVES.items()
                if of is kind and came_from in ways and to not in ways
            }
        )
    return ways[state]


@pytest.mark.parametrize(("row", "move"), MOVES.items(), ids=lambda item: " ".join(item) if len(item) == 3 else "")
def test_every_row_moves_and_acts_as_it_says(
    row: tuple[Kind, State, Sign], move: tuple[State, tuple[Act, ...]]
) -> None:
    kind, state, sign = row
    to, acts = move
    bench = Bench(kind)
    for step in way(kind, state):
        bench.give(step)
    assert bench.transaction.state is state
    bench.take()
    told_before = len(bench.told)
    bench.give(sign, 1.0)
    assert bench.transaction.state is to
    # In PROCEEDING nothing may have been sent yet, and then nothing is repeated (RFC 3261 17.2.1).
    repeats_nothing = kind is Kind.INVITE_SERVER and state is State.PROCEEDING and sign is Sign.REQUEST
    assert len(bench.take()) == (0 if repeats_nothing else sum(SENT_BY[act] for act in acts))
    assert len(bench.told) - told_before == len({Act.TELL, Act.TIME_OUT, Act.FAIL} & set(acts))
    assert len(bench.layer) == (to is not State.TERMINATED)
    running = TIMERS.get((kind, to), ())
    assert [timer in running for timer in Sign] == [(bench.transaction, timer) in bench.layer.alarms for timer in Sign]


@pytest.mark.parametrize("kind", Kind)
def test_a_sign_that_has_no_row_is_absorbed(kind: Kind) -> None:
    states = {state for of, state, _ in MOVES if of is kind}
    for state, sign in itertools.product(states, Sign):
        if (kind, state, sign) in MOVES:
            continue
        bench = Bench(kind)
        for step in way(kind, state):
            bench.give(step)
        bench.take()
        told = bench.told[:]
        bench.give(sign)
        assert (bench.transaction.state, bench.take(), bench.told) == (state, [], told), (state, sign)


@pytest.mark.parametrize("kind", Kind)
def test_every_state_ends_by_itself_or_waits_for_somebody(kind: Kind) -> None:
    waits = {(Kind.INVITE_CLIENT, State.PROCEEDING), (Kind.INVITE_SERVER, State.PROCEEDING)}
    waits |= {(Kind.SERVER, State.TRYING), (Kind.SERVER, State.PROCEEDING)}
    for state in {state for of, state, _ in MOVES if of is kind}:
        bench = Bench(kind)
        for step in way(kind, state):
            bench.give(step)
        bench.timeline(1000)
        assert (bench.transaction.state is State.TERMINATED) != ((kind, state) in waits), state
        assert len(bench.layer.alarms) == 0


class TestByTheClock:
    def test_an_invite_is_sent_seven_times_in_32_seconds(self) -> None:
        bench = Bench(Kind.INVITE_CLIENT)
        assert bench.timeline(100) == [(at, "INVITE") for at in (0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5)]
        assert bench.told == [(32.0, 408)]

    def test_a_bye_is_sent_eleven_times_in_32_seconds(self) -> None:
        bench = Bench(Kind.CLIENT)
        assert bench.timeline(100) == [
            (at, "BYE") for at in (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)
        ]
        assert bench.told == [(32.0, 408)]

    def test_a_bye_that_is_worked_on_is_repeated_every_four_seconds(self) -> None:
        bench = Bench(Kind.CLIENT)
        bench.take()
        bench.give(Sign.PROVISIONAL, 0.1)
        assert bench.timeline(100) == [(at, "BYE") for at in (0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5)]
        assert bench.told == [(0.1, 180), (32.0, 408)]

    def test_a_refusal_is_repeated_until_32_seconds_without_ack(self) -> None:
        bench = Bench(Kind.INVITE_SERVER)
        bench.give(Sign.FAILURE)
        assert bench.timeline(100) == [
            (at, "486") for at in (0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)
        ]

    def test_an_ack_stops_the_repetition(self) -> None:
        bench = Bench(Kind.INVITE_SERVER)
        bench.give(Sign.FAILURE)
        bench.give(Sign.ACK, 0.2)
        assert bench.timeline(100) == [(0, "486")]

    @pytest.mark.parametrize(
        ("kind", "sign", "ends"),
        [
            (Kind.INVITE_CLIENT, Sign.SUCCESS, 32.0),
            (Kind.INVITE_CLIENT, Sign.FAILURE, 32.0),
            (Kind.CLIENT, Sign.SUCCESS, 5.0),
            (Kind.INVITE_SERVER, Sign.SUCCESS, 32.0),
            (Kind.SERVER, Sign.SUCCESS, 32.0),
        ],
    )
    def test_it_stays_to_absorb_what_is_late(self, kind: Kind, sign: Sign, ends: float) -> None:
        bench = Bench(kind)
        bench.give(sign)
        bench.timeline(ends - 0.01)
        assert len(bench.layer) == 1
        bench.timeline(ends)
        assert len(bench.layer) == 0


class TestMatching:
    def test_responses_find_their_request_by_branch_and_method(self) -> None:
        layer = Transactions()
        told: list[tuple[str, int]] = []

        def ask(method: str, branch: str) -> Transaction:
            tell = lambda response, now: told.append((method, response.status))  # noqa: E731
            return layer.ask(request(method, branch), FAR, tell, 0.0)

        invite, bye = ask("INVITE", "z9hG4bK1"), ask("BYE", "z9hG4bK2")
        ask("CANCEL", "z9hG4bK1")
        layer.answered(request("CANCEL", "z9hG4bK1").response(200), 0.1)
        layer.answered(bye.request.response(481), 0.2)
        layer.answered(invite.request.response(487), 0.3)
        layer.answered(request("INVITE", "z9hG4bK3").response(200), 0.4)
        assert told == [("CANCEL", 200), ("BYE", 481), ("INVITE", 487)]

    def test_a_repeated_request_is_answered_as_before(self) -> None:
        layer = Transactions()
        first = layer.asked(request("BYE"), 0.0)
        assert first is not None
        first.respond(first.request.response(200), 0.0)
        assert layer.asked(request("BYE"), 0.5) is None
        assert [datagram.data[:11] for datagram in layer.outbox] == [b"SIP/2.0 200"] * 2
        assert layer.asked(request("BYE", "z9hG4bK2"), 0.5) is not None

    def test_requests_without_a_magic_branch_are_told_apart_the_old_way(self) -> None:
        layer = Transactions()
        first = layer.asked(request("INVITE", "1"), 0.0)
        assert first is not None
        first.respond(first.request.response(486, tag="b"), 0.0)
        assert layer.asked(request("INVITE", "1"), 0.1) is None
        assert layer.acknowledged(request("ACK", "1"), 0.2)
        assert first.state is State.CONFIRMED

    def test_the_same_request_by_another_way_is_merged(self) -> None:
        layer = Transactions()
        first, second = layer.asked(request("INVITE"), 0.0), layer.asked(request("INVITE", "z9hG4bK2"), 0.0)
        assert first is not None
        assert second is not None
        assert (layer.merged(first), layer.merged(second)) == (False, True)

    def test_an_ack_to_a_2xx_is_not_the_transactions(self) -> None:
        layer = Transactions()
        first = layer.asked(request("INVITE"), 0.0)
        assert first is not None
        first.respond(first.request.response(200, tag="b"), 0.0)
        assert not layer.acknowledged(request("ACK"), 0.1)
        assert not layer.acknowledged(request("ACK", "z9hG4bK9"), 0.1)

    def test_cancel_and_ack_repeat_what_makes_them_match(self) -> None:
        invite = request("INVITE", "z9hG4bK1", ("Route", "<sip:p1;lr>"), ("Route", "<sip:p2;lr>"))
        withdrawn = cancel(invite)
        assert (withdrawn.uri, withdrawn.via, withdrawn.call_id) == (invite.uri, invite.via, invite.call_id)
        assert (withdrawn.from_, withdrawn.to) == (invite.from_, invite.to)
        assert str(withdrawn.cseq) == "1 CANCEL"
        assert withdrawn.headers.all("Route") == ["<sip:p1;lr>", "<sip:p2;lr>"]
        layer = Transactions()
        transaction = layer.ask(invite, FAR, lambda response, now: None, 0.0)
        transaction.sign(Sign.FAILURE, 0.1, invite.response(486, tag="b"))
        ack = parse(layer.outbox[-1].data)
        assert isinstance(ack, Request)
        assert (ack.method, ack.uri, ack.via, ack.to.tag) == ("ACK", invite.uri, invite.via, "b")
        assert str(ack.cseq) == "1 ACK"


CONNECTED = Address("10.0.0.2", 5060, Transport.TCP)


class TestOverAConnection:
    """RFC 3261 17: nothing is repeated, nothing is waited for, and what breaks is known at once."""

    @pytest.mark.parametrize(("kind", "method"), [(Kind.INVITE_CLIENT, "INVITE"), (Kind.CLIENT, "BYE")])
    def test_a_request_is_sent_once_and_given_up_after_32_seconds(self, kind: Kind, method: str) -> None:
        bench = Bench(kind, CONNECTED)
        assert bench.timeline(100) == [(0.0, method)]
        assert bench.told == [(32.0, 408)]

    def test_a_refusal_is_sent_once(self) -> None:
        bench = Bench(Kind.INVITE_SERVER, CONNECTED)
        bench.give(Sign.FAILURE)
        assert bench.timeline(100) == [(0.0, "486")]

    @pytest.mark.parametrize("kind", [Kind.INVITE_CLIENT, Kind.CLIENT, Kind.SERVER])
    def test_a_final_answer_ends_it_at_once(self, kind: Kind) -> None:
        bench = Bench(kind, CONNECTED)
        bench.give(Sign.FAILURE)
        bench.timeline(0)
        assert len(bench.layer) == 0

    def test_an_ack_ends_it_at_once(self) -> None:
        bench = Bench(Kind.INVITE_SERVER, CONNECTED)
        bench.give(Sign.FAILURE)
        bench.give(Sign.ACK)
        bench.timeline(0)
        assert len(bench.layer) == 0

    @pytest.mark.parametrize("kind", [Kind.INVITE_CLIENT, Kind.CLIENT])
    def test_a_connection_that_breaks_is_503_to_those_who_asked_over_it(self, kind: Kind) -> None:
        bench = Bench(kind, CONNECTED)
        bench.layer.broken(FAR, 1.0)
        assert bench.told == [], "another connection broke"
        bench.layer.broken(CONNECTED, 2.0)
        assert bench.told == [(2.0, 503)]
        assert len(bench.layer) == len(bench.layer.alarms) == 0

    def test_an_invite_that_is_being_worked_on_may_be_answered_over_another_connection(self) -> None:
        bench = Bench(Kind.INVITE_CLIENT, CONNECTED)
        bench.give(Sign.PROVISIONAL)
        bench.layer.broken(CONNECTED, 1.0)
        bench.give(Sign.SUCCESS)
        assert [status for _, status in bench.told] == [180, 200]

    def test_its_via_names_the_transport(self) -> None:
        bench = Bench(Kind.CLIENT, CONNECTED)
        (sent,) = bench.layer.outbox
        assert parse(sent.data).via.transport == "TCP"
        assert sent.destination == CONNECTED
