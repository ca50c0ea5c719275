"""Our INVITE until it is answered: ringing, redirection, several machines that answer, CANCEL (RFC 3261 9.1, 13.2).

Knows no leg: who dials is told through `Dialler`.
"""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import count
from typing import Protocol

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport, is_ip
from unifax.wire.sip.acks import Acks
from unifax.wire.sip.desk import ALLOW, SDP
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.early import RELIABLE, Early, EarlyDialogs
from unifax.wire.sip.fields import NameAddr, Uri, param
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.moves import T1
from unifax.wire.sip.redirect import TIMES, contact_to_follow
from unifax.wire.sip.session import TIMER
from unifax.wire.sip.transaction import cancel
from unifax.wire.sip.voice import Voice

FORKS = 16
"Answers to one INVITE from different machines that we hang up on one by one; a proxy rings fewer."
CANCELLED_SECONDS = 8.0
"""So long after the answer to our CANCEL the INVITE's own is due: its 487 has been sent five times by then
(RFC 3261 17.2.1, timer G)."""


class Dialler(Protocol):
    """Who wants the call: a leg."""

    def rang(self, response: Response, now: float) -> None:
        """A provisional answer came."""

    def accepted(self, dialog: Dialog, response: Response, sdp: bytes, now: float) -> bool:
        """A machine answered, with this description, and its ACK is sent; return False to hang up on it."""

    def rejected(self, response: Response, now: float) -> None:
        """The INVITE is refused; 408 also when nobody answers."""

    def gave_up(self, now: float) -> None:
        """Nothing came of the CANCEL."""


class Dialling:
    """Our INVITE, and what comes back."""

    def __init__(
        self,
        voice: Voice,
        dialler: Dialler,
        *,
        uri: Uri,
        from_: NameAddr,
        to: NameAddr,
        call_id: str,
        sdp: bytes,
        destination: Address,
        hosts: Collection[str],
        fields: Sequence[tuple[str, str]],
        now: float,
    ) -> None:
        """`fields` go with the INVITE. A redirection is followed to `hosts` alone, and to the destination's own."""
        self._voice = voice
        self._dialler = dialler
        self._uri = uri
        self._destination = destination
        self._hosts = {destination.host, *hosts}
        self._invite = partial(voice.desk.request, "INVITE", from_=from_, to=to, call_id=call_id, body=sdp)
        self._fields = fields
        self._numbers = count(1)
        self._redirected = 0
        self._transactions = voice.desk.transactions
        self._acks = Acks(self._transactions)
        self._early = EarlyDialogs(voice, lambda invite, response: Dialog.calling(invite, response, self._destination))
        self._cancelled = self._wants_out = self._answered = False
        self._asking = voice.ask(self._build, destination, self._heard, now)

    def cancel(self, now: float) -> None:
        """Say CANCEL, as soon as something has come back (RFC 3261 9.1); a challenge is answered no more."""
        self._wants_out = True
        self._asking.stop()
        if self._asking.is_heard:
            self._send_cancel(self._asking.request, now)

    def settle(self, now: float) -> None:
        """The dialler waits for nothing more. Who answers yet is hung up on, for a while."""
        alarms = self._transactions.alarms
        alarms.cancel((self, "cancel"))
        if not self._answered:
            self._asking.stop()
            alarms.set((self, "abandon"), now + 64 * T1, self._asking.abandon)

    def early(self, tag: str) -> Early | None:
        """Return the machine with this tag, if it rings."""
        return self._early.find(tag)

    def moved(self, tag: str, sdp: bytes) -> None:
        """One that rings has moved its media by UPDATE: its 2xx need not say it again."""
        early = self._early.find(tag)
        if early is not None:
            early.sdp = sdp

    def _build(self) -> Request:
        self._early.clear()
        voice = self._voice
        supported = ("Supported", f"{TIMER}, {RELIABLE}")
        opening = (supported, *voice.session.opening())
        return self._invite(
            str(self._uri),
            voice.contact,
            ("Allow", ALLOW),
            ("Content-Type", SDP),
            *opening,
            *self._fields,
            cseq=next(self._numbers),
        )

    def _heard(self, invite: Request, response: Response, now: float) -> None:
        if response.status < 200:
            if self._wants_out:
                self._send_cancel(invite, now)
            if self._early.rang(invite, response, now):
                self._dialler.rang(response, now)
        elif response.status >= 300:
            if not self._follow(response, now):
                self._answered = True
                self._dialler.rejected(response, now)
        elif not self._acks.send_again(response):
            self._answered = True
            self._accepted(invite, response, now)

    def _accepted(self, invite: Request, response: Response, now: float) -> None:
        try:
            dialog, sdp = self._early.answered(invite, response)
        except ProtocolError as error:
            # An answer that we cannot even acknowledge is none.
            self._dialler.rejected(invite.response(500, reason=str(error)), now)
            return
        if len(self._acks) >= FORKS:
            return
        self._acks.send(dialog, self._voice.desk.via(), invite, response)
        if not self._dialler.accepted(dialog, response, sdp, now):
            self._voice.part(dialog, now)  # somebody else has answered too (RFC 3261 13.2.2.4)

    def _follow(self, response: Response, now: float) -> bool:
        """Ask where a 3xx says, if we may."""
        uri = contact_to_follow(response, self._uri, self._hosts)
        if uri is None or self._wants_out or self._redirected >= TIMES:
            return False
        self._redirected += 1
        self._uri = uri
        self._destination = _hop(uri, self._destination)
        self._asking = self._voice.ask(self._build, self._destination, self._heard, now)
        return True

    def _send_cancel(self, invite: Request, now: float) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        self._transactions.ask(cancel(invite), self._destination, self._cancel_answered, now)
        # RFC 3261 9.1: an INVITE that is not answered 64*T1 after its CANCEL counts as cancelled.
        self._transactions.alarms.set((self, "cancel"), now + 64 * T1, self._dialler.gave_up)

    def _cancel_answered(self, response: Response, now: float) -> None:
        """They know of the CANCEL. Who answers the INVITE after all, later than is waited for, is hung up on."""
        alarm = (self, "cancel")
        if 200 <= response.status < 300 and alarm in self._transactions.alarms:
            self._transactions.alarms.set(alarm, now + CANCELLED_SECONDS, self._dialler.gave_up)


def _hop(uri: Uri, before: Address) -> Address:
    """Return where a redirected INVITE goes. A transport that is not named stays; TLS does, in any case, and with it
    the server, for an address has no name that a certificate could prove.
    """
    if before.transport is Transport.TLS or not is_ip(uri.host):
        return before
    named = param(uri.params, "transport") is not None
    return uri.address if named else uri.address._replace(transport=before.transport)
