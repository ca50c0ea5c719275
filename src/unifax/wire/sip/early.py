"""The machines that ring after one INVITE of ours, each an early dialog (RFC 3261 12.1), and PRACK to them (RFC 3262).

Knows no leg; which of them answers is not decided here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from unifax.model.errors import ProtocolError
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.fields import number
from unifax.wire.sip.message import Message, Request, Response
from unifax.wire.sip.voice import Voice

RELIABLE = "100rel"
"The extension's name in Supported and Require."
LARGEST = (1 << 32) - 1
MOST = 16
"Machines that ring at once for one INVITE; a proxy rings fewer. Others ring unheard."


@dataclass(slots=True)
class Early:
    """One machine that rings."""

    dialog: Dialog
    sdp: bytes = b""
    "What it last said of its media."
    rseq: int | None = None
    "Of its last provisional answer that we have acknowledged."


class EarlyDialogs:
    """All that ring for one INVITE, by their tags."""

    def __init__(self, voice: Voice, begin: Callable[[Request, Response], Dialog]) -> None:
        """`begin` makes a dialog of our INVITE and an answer to it, or raises ProtocolError."""
        self._voice = voice
        self._begin = begin
        self._ringing: dict[str, Early] = {}

    def rang(self, invite: Request, response: Response, now: float) -> bool:
        """Take a provisional answer, and acknowledge it if it wants that; False if it is to be overlooked.

        That is one that was acknowledged already, or that comes before another is heard (RFC 3262 4).
        """
        early = self._early(invite, response)
        rseq = _rseq(response)
        if rseq is not None:
            if early is None or (early.rseq is not None and rseq != early.rseq + 1):
                return False
            early.rseq = rseq
            self._voice.ask_within(early.dialog, "PRACK", ("RAck", f"{rseq} {invite.cseq}"), now=now)
        if early is not None and response.body:
            early.sdp = response.body
        return True

    def find(self, tag: str) -> Early | None:
        """Return the machine with this tag, if it rings."""
        return self._ringing.get(tag)

    def answered(self, invite: Request, response: Response) -> tuple[Dialog, bytes]:
        """Return the dialog that a 2xx to our INVITE makes, and what the far side says of its media.

        The 2xx names target and route anew (RFC 3261 13.2.2.4), while requests are counted on; it may leave its
        description to an answer that came before. Raises ProtocolError.
        """
        dialog, early = self._begin(invite, response), self.find(response.to.tag)
        if early is None:
            return dialog, response.body
        dialog.cseq = max(dialog.cseq, early.dialog.cseq)
        dialog.remote_cseq = early.dialog.remote_cseq
        return dialog, response.body or early.sdp

    def clear(self) -> None:
        """The INVITE is asked anew: who rings then is not known yet."""
        self._ringing.clear()

    def _early(self, invite: Request, response: Response) -> Early | None:
        tag = response.to.tag
        if tag and response.status > 100 and tag not in self._ringing and len(self._ringing) < MOST:
            try:
                self._ringing[tag] = Early(self._begin(invite, response))
            except ProtocolError:
                return None
        return self._ringing.get(tag)


def requires(message: Message, extension: str) -> bool:
    """Whether the sender insists on an extension."""
    return extension in (name.lower() for name in message.headers.list("Require"))


def _rseq(response: Response) -> int | None:
    """Return the number of a provisional answer that wants to be acknowledged; None of any other."""
    if response.status == 100 or not requires(response, RELIABLE):
        return None
    try:
        return number(response.headers.get("RSeq") or "", LARGEST)
    except ProtocolError:
        return None
