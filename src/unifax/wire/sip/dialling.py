"""Our INVITE until it is answered: ringing, several machines that answer, CANCEL (RFC 3261 9.1, 13.2).

Knows no leg: who dials is told through `Dialler`.
"""

from itertools import count
from typing import Protocol

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sip.acks import Acks
from unifax.wire.sip.desk import ALLOW, SDP
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.fields import NameAddr
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.transaction import T1, cancel
from unifax.wire.sip.voice import Voice

FORKS = 16
"Answers to one INVITE from different machines that we hang up on one by one; a proxy rings fewer."


class Dialler(Protocol):
    """Who wants the call: a leg."""

    def rang(self, response: Response, now: float) -> None:
        """A provisional answer came."""

    def accepted(self, dialog: Dialog, response: Response, now: float) -> bool:
        """A machine answered, and its ACK is sent; return False to hang up on it."""

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
        uri: str,
        from_: NameAddr,
        to: NameAddr,
        call_id: str,
        sdp: bytes,
        destination: Address,
        now: float,
    ) -> None:
        self._voice = voice
        self._dialler = dialler
        self._destination = destination
        self._transactions = voice.desk.transactions
        self._acks = Acks(self._transactions)
        self._cancelled = self._wants_out = self._answered = False
        numbers = count(1)

        def invite() -> Request:
            fields = (voice.contact, ("Allow", ALLOW), ("Content-Type", SDP), *voice.session.opening())
            cseq = next(numbers)
            return voice.desk.request("INVITE", uri, *fields, from_=from_, to=to, call_id=call_id, cseq=cseq, body=sdp)

        self._asking = voice.ask(invite, destination, self._heard, now)

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

    def _heard(self, invite: Request, response: Response, now: float) -> None:
        if response.status < 200:
            if self._wants_out:
                self._send_cancel(invite, now)
            self._dialler.rang(response, now)
            return
        self._answered = True
        if response.status >= 300:
            self._dialler.rejected(response, now)
        elif not self._acks.send_again(response):
            self._accepted(invite, response, now)

    def _accepted(self, invite: Request, response: Response, now: float) -> None:
        try:
            dialog = Dialog.calling(invite, response, self._destination)
        except ProtocolError as error:
            # An answer that we cannot even acknowledge is none.
            self._dialler.rejected(invite.response(500, reason=str(error)), now)
            return
        if len(self._acks) >= FORKS:
            return
        self._acks.send(dialog, self._voice.desk.via(), invite, response)
        if not self._dialler.accepted(dialog, response, now):
            self._voice.part(dialog, now)  # somebody else has answered too (RFC 3261 13.2.2.4)

    def _send_cancel(self, invite: Request, now: float) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        self._transactions.ask(cancel(invite), self._destination, lambda response, now: None, now)
        # RFC 3261 9.1: an INVITE that is not answered 64*T1 after its CANCEL counts as cancelled.
        self._transactions.alarms.set((self, "cancel"), now + 64 * T1, self._dialler.gave_up)
