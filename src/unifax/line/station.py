"""A SIP user agent and the fax calls upon it, as one engine. It knows no socket, clock or chance.

What a line process drives with sockets, and a test with a made-up network, is this same object. An error of ours in one
call ends that call and no other.
"""

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from unifax.line.call import Call, CallEvent
from unifax.line.gate import Gate
from unifax.line.media import Port
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.line.recorders import Recorders
from unifax.model.call import T38Use
from unifax.model.outcome import Outcome
from unifax.wire import sdp
from unifax.wire.datagram import Address, Datagram, Shows, as_told, as_we_are
from unifax.wire.sip import agent as sip
from unifax.wire.sip.alarm import Alarms
from unifax.wire.sip.digest import Credentials

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the far side is told."""

    number: str
    user: str = ""
    "What From says in place of the number, at the server's own name: the account, where the server wants it there."
    asserted: bool = False
    "Whether P-Asserted-Identity says the number, too (RFC 3325)."


class Outgoing(NamedTuple):
    """A datagram and the local address it leaves from."""

    local: Address
    datagram: Datagram


class Station:
    """One SIP address, its calls, and their media addresses.

    After `receive`, `wake` or a command: take `events()`, send `datagrams_to_send()`, and come back at `next_wake()`.
    Forget a call once it has said that it is over.
    """

    def __init__(
        self,
        address: Address,
        *,
        user_agent: str,
        token: Callable[[], str],
        chance: Callable[[], float],
        gate: Gate | None = None,
        shows: Shows = as_we_are,
        port_of: Callable[[Address], Port | None] = lambda media: None,
    ) -> None:
        """`token` makes fresh opaque strings; `chance` gives numbers from 0 to 1. `port_of` says what carries the media
        of an address; what nothing carries comes in by `receive`.

        `gate` says from whom SIP is read; without one, from everybody. `shows` says by which host
        far sides are to know us.
        """
        self.address = address
        self.calls: dict[Address, Call] = {}
        "By media address."
        self.errors = 0
        "Errors of ours that ended a call, or lost a SIP message; the log tells them."
        self.strangers = 0
        "SIP datagrams that were dropped."
        self._port_of = port_of
        self._gate = gate
        self._told_strangers: list[Datagram] = []
        self._shows = shows
        self._agent = sip.Agent(address=address, user_agent=user_agent, token=token, shows=shows)
        self._by_leg: dict[sip.Leg, Call] = {}
        self._invited: list[sip.Invited] = []
        self._touched: dict[Call, None] = {}
        self._alarms = Alarms()
        self._due: dict[str, float] = {}
        "For when the alarm of a call is set, by the tag of its leg: then it wants to be woken, or later."
        self._recorders = Recorders()
        self._now = 0.0
        "The latest moment it was told of."
        self._chance = chance

    @property
    def malformed(self) -> int:
        """Datagrams that were read and were no SIP, or not enough of it."""
        return self._agent.malformed

    # Commands

    def place(
        self,
        number: str,
        server: Address,
        caller: Caller | str,
        plan: Plan,
        media: Address,
        now: float,
        credentials: Credentials | None = None,
        hosts: Collection[str] = (),
        recorder: Recorder | None = None,
    ) -> Call:
        """Call a number through a SIP server; `media` is where this call's media will arrive.

        The server may redirect the call to itself and to `hosts`.
        """
        caller = Caller(caller) if isinstance(caller, str) else caller
        us, told = (as_told(each, self._shows(server.host)) for each in (self.address, media))
        domain = (server.name or server) if caller.user else us
        leg = self._agent.invite(
            to=f"sip:{number}@{server.name or server}",
            from_=f"sip:{_escaped(caller.user or caller.number)}@{domain}",
            sdp=sdp.audio_offer(told, payloads=plan.media_terms.payloads),
            destination=server,
            now=now,
            credentials=credentials,
            hosts=hosts,
            fields=[("P-Asserted-Identity", f"<sip:{_escaped(caller.number)}@{domain}>")] if caller.asserted else (),
        )
        if recorder is not None:
            self._recorders.add(leg.call_id, recorder)
        return self._add(Call(leg, plan, media, self._chance, now, told=told, port=self._port_of(media)), now)

    def take(
        self, invited: sip.Invited, plan: Plan, media: Address, now: float, recorder: Recorder | None = None
    ) -> Call:
        """Answer an incoming call, with T.38 if it offers that, and with our own offer if it leaves that to us; if it
        is gone already, it is over at once.

        Raises ProtocolError when its SDP can be answered neither with T.38 nor with audio.
        """
        offer = sdp.Sdp.parse(invited.sdp) if invited.sdp else sdp.Sdp("", None, ())
        t38 = plan.t38 is not T38Use.OFF
        limit, laws = plan.media_terms.t38_max_datagram, plan.media_terms.payloads
        told = as_told(media, self._shows(invited.source.host))
        answer = (
            sdp.first_answer(offer, told, t38=t38, max_datagram=limit)
            if invited.sdp
            else sdp.audio_offer(told, payloads=laws)
        )
        invited.leg.answer(answer, now)
        if recorder is not None:
            self._recorders.add(invited.leg.call_id, recorder)
            self._recorders.said(invited.invite, self.address, invited.source, now, outgoing=False)
        port = self._port_of(media)
        call = self._add(Call(invited.leg, plan, media, self._chance, now, answered=offer, told=told, port=port), now)
        if invited.leg.is_over:
            self._do(call, now, partial(call.signal, sip.Ended(invited.leg, None), now))
        return call

    def register(
        self,
        account: sip.Account,
        where: Callable[[], Address],
        changed: Callable[[sip.Registration], None],
        now: float,
    ) -> sip.Registration:
        """Tell a registrar where we are, from now on. `changed` is called whenever more is known."""
        return self._agent.register(account, where, self._chance, changed, now)

    def keep_alive(
        self,
        account: sip.Account,
        server: Address,
        every_seconds: float,
        changed: Callable[[sip.Health], None],
        now: float,
    ) -> sip.KeepAlive:
        """Ask a server from now on whether it is there. `changed` is called whenever more is known."""
        return self._agent.keep_alive(account, server, every_seconds, changed, now)

    def release(self, call: Call, now: float) -> None:
        """Let what follows LAST_PAGE_OUT or a PageReceived leave."""
        self._do(call, now, partial(call.release, now))

    def hang_up(self, call: Call, now: float, because: Outcome = Outcome.CANCELLED) -> None:
        """End a call, in whatever phase it is."""
        self._do(call, now, partial(call.hang_up, now, because))

    def fail(self, call: Call, now: float) -> None:
        """End a call because of an error of ours."""
        self.errors += 1
        self._touched[call] = None
        call.fail(now)

    def invited(self) -> list[sip.Invited]:
        """Take the calls that have come in. Each wants its leg rung, refused, or taken."""
        taken, self._invited = self._invited, []
        return taken

    def _add(self, call: Call, now: float) -> Call:
        self._now = now
        self.calls[call.media] = call
        self._by_leg[call.leg] = call
        self._touched[call] = None
        return call

    def forget(self, call: Call) -> None:
        """Drop a call that is over."""
        if self.calls.get(call.media) is call:
            del self.calls[call.media]
        self._by_leg.pop(call.leg, None)
        self._let_sleep(call)
        self._recorders.forget(call)

    # The five verbs

    def receive(self, local: Address, data: bytes, source: Address, now: float) -> bool:
        """A datagram came to one of our addresses: SIP's own or a call's media address.

        Return whether what it led to should be taken at once: most media lead to nothing, or to media, which may wait
        for the next tick.
        """
        if local == self.address and not self._is_admitted(data, source, now):
            self.strangers += 1
        elif local == self.address:
            self._recorders.said(data, local, source, now, outgoing=False)
            self._sip(partial(self._agent.receive, data, source, now), now)
        elif (call := self.calls.get(local)) is not None:
            self._do(call, now, partial(call.receive, data, source, now))
            return call.has_news
        return True

    def _is_admitted(self, data: bytes, source: Address, now: float) -> bool:
        if self._gate is None or self._gate.admits(source.host, now):
            return True
        if self._gate.was_guest(source.host) and self._has_call_from(source.host):
            self._gate.keep(source.host, now)  # the time of guests may run out in the middle of a call
            return True
        answer = self._gate.knock(data, source, now)
        if answer is not None:
            self._told_strangers.append(Datagram(answer, source))
        return self._gate.admits(source.host, now)

    def _has_call_from(self, host: str) -> bool:
        return any(not leg.outgoing and leg.peer.host == host for leg in self._by_leg)

    def look(self, media: Address, now: float) -> None:
        """The port of a call's media has news."""
        if (call := self.calls.get(media)) is not None:
            self._do(call, now, partial(call.wake, now))

    def broken(self, peer: Address, now: float) -> None:
        """The connection to a SIP peer is gone, or could not be had."""
        self._sip(partial(self._agent.broken, peer, now), now)

    def wake(self, now: float) -> None:
        self._now = now
        due = self._agent.next_wake()
        if due is not None and due <= now:
            self._sip(partial(self._agent.wake, now), now)
        self._ask_when()
        self._alarms.ring(now)
        self._pass_on(now)  # what calls have just said to their legs

    def next_wake(self) -> float | None:
        self._ask_when()
        calls, sip = self._alarms.next(), self._agent.next_wake()
        return calls if sip is None else sip if calls is None else min(calls, sip)

    def _ask_when(self) -> None:
        """Only what happens to a call changes when it wants to be woken; asking each of a thousand each time costs."""
        for call in self._touched:
            if call.leg not in self._by_leg:
                continue
            due = call.next_wake()
            if due is None:
                self._let_sleep(call)
            elif due < self._due.get(call.leg.tag, math.inf):
                self._due[call.leg.tag] = due
                self._alarms.set(call.leg.tag, due, partial(self._wake, call))

    def _wake(self, call: Call, now: float) -> None:
        self._let_sleep(call)
        self._do(call, now, partial(call.wake, now))

    def _let_sleep(self, call: Call) -> None:
        self._due.pop(call.leg.tag, None)
        self._alarms.cancel(call.leg.tag)

    def events(self) -> list[tuple[Call, CallEvent]]:
        happened = [(call, event) for call in list(self._touched) for event in call.events()]
        self._recorders.look(self._touched, happened, self._now)
        return happened

    def datagrams_to_send(self) -> list[Outgoing]:
        """Take what should leave: media first, so that the last page's confirmation is ahead of a BYE."""
        leaving = [(call, datagram) for call in self._touched for datagram in call.datagrams_to_send()]
        self._ask_when()
        self._touched.clear()
        said = self._told_strangers
        self._told_strangers = []
        for data, destination, message in self._agent.messages_to_send():
            self._recorders.said(data, self.address, destination, self._now, outgoing=True, message=message)
            said.append(Datagram(data, destination))
        self._recorders.forget_those_over()
        return [Outgoing(call.media, datagram) for call, datagram in leaving] + [
            Outgoing(self.address, datagram) for datagram in said
        ]

    def _pass_on(self, now: float) -> None:
        for event in self._agent.events():
            call = self._by_leg.get(event.leg)
            if call is not None:
                self._do(call, now, partial(call.signal, event, now))
            elif isinstance(event, sip.Invited):
                self._invited.append(event)

    def _sip(self, act: Callable[[], None], now: float) -> None:
        self._now = now
        try:
            act()
        except Exception:
            self.errors += 1
            log.exception("SIP broke")
        self._pass_on(now)

    def _do(self, call: Call, now: float, act: Callable[[], None]) -> None:
        self._now = now
        self._touched[call] = None
        try:
            act()
        except Exception:
            log.exception("call %s broke", call.leg.call_id)
            self.fail(call, now)


def _escaped(user: str) -> str:
    return user.replace("*", "%2A").replace("#", "%23")
