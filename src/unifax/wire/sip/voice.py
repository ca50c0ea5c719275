"""How one leg speaks: its requests and answers, with its name, its credentials and its session timer.

Knows dialogs, and not what a call is.
"""

from collections.abc import Callable

from unifax.wire.datagram import Address
from unifax.wire.sip.asking import Asking, OnAnswer
from unifax.wire.sip.desk import ALLOW, Desk
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.digest import Credentials, Keys
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.session import TIMER, Session
from unifax.wire.sip.transaction import Transaction

TIMED = frozenset({"INVITE", "UPDATE"})
"Requests that refresh a session, and say where we are reached."


def ignore(request: Request, response: Response, now: float) -> None:
    """For requests whose answers change nothing."""


class Voice:
    """What all requests and answers of one leg have in common."""

    def __init__(
        self,
        desk: Desk,
        session: Session,
        *,
        tag: str,
        user: str | None,
        peer: Address,
        credentials: Credentials | None,
    ) -> None:
        """`tag` is ours, `user` the user part of our Contact, and `peer` where the call comes from or goes to."""
        self.desk = desk
        self.session = session
        self.tag = tag
        self._user, self._peer = user, peer
        self._keys = Keys(credentials, desk.token)

    @property
    def contact(self) -> tuple[str, str]:
        """The header that says where we are reached, as far as is known by now."""
        return self.desk.contact(self._user, self._peer)

    def ask(self, build: Callable[[], Request], destination: Address, tell: OnAnswer, now: float) -> Asking:
        """Send what `build` makes; `tell` is told every answer that does not lead to asking again."""
        return Asking(self.desk.transactions, self._keys, build, destination, tell, now, self.session.refused)

    def ask_within(
        self,
        dialog: Dialog,
        method: str,
        *fields: tuple[str, str],
        now: float,
        tell: OnAnswer = ignore,
        body: bytes = b"",
    ) -> Asking:
        """Send a request within a dialog."""
        agent = ("User-Agent", self.desk.user_agent)

        def build() -> Request:
            timed = [self.contact, ("Supported", TIMER), *self.session.asking()] if method in TIMED else []
            return dialog.request(method, self.desk.via(), *timed, *fields, agent, body=body)

        return self.ask(build, dialog.next_hop(), tell, now)

    def part(self, dialog: Dialog, now: float, q850: int | None = None, tell: OnAnswer = ignore) -> None:
        """Say BYE."""
        fields = () if q850 is None else (("Reason", f"Q.850;cause={q850}"),)
        self.ask_within(dialog, "BYE", *fields, tell=tell, now=now)

    def reply(self, transaction: Transaction, status: int, *fields: tuple[str, str], body: bytes = b"") -> Response:
        """Return an answer that belongs to the dialog (RFC 3261 12.1.1)."""
        request = transaction.request
        always: list[tuple[str, str]] = []
        if request.method == "INVITE" and status < 300:
            always += [("Record-Route", route) for route in request.headers.all("Record-Route")]
            always += [("Allow", ALLOW), ("Supported", TIMER)]
        if request.method in TIMED and status < 300:
            always.append(self.contact)
        always.append(("Server", self.desk.user_agent))
        return request.response(status, *always, *fields, tag=self.tag, body=body)
