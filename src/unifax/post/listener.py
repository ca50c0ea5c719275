"""SMTP as mail comes in (RFC 5321): a 250 is said once the fax is on disk. The only user of aiosmtpd."""

import asyncio
import hmac
import logging
import ssl
from collections.abc import Sequence

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from unifax.model.accounts import Extension
from unifax.model.errors import (
    AccessDenied,
    InFlight,
    RecipientsInvalid,
    Refused,
    RequestInvalid,
    TooLarge,
    TooMany,
    Unavailable,
)
from unifax.model.mail import parse_address
from unifax.post.letterbox import Letterbox

log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # it would tell addresses, and each command

CONNECTIONS_AT_ONCE = 10
"Each holds a mail in memory, and what it is made of."
SILENCE_SECONDS = 120.0
WRONG_HERE = "451 4.3.0 Something went wrong here; come again"


class Listener:
    """Takes mail for a letterbox, on as many connections as there may be."""

    def __init__(
        self,
        letterbox: Letterbox,
        tasks: asyncio.TaskGroup,
        tls: ssl.SSLContext | None = None,
        user: str = "",
        password: str = "",
    ) -> None:
        """With a user, who hands mail in must prove himself; then there must be a certificate."""
        self.letterbox = letterbox
        self.open: set[_Connection] = set()
        self._tls = tls
        self._user = user.encode()
        self._password = password.encode()
        self._tasks = tasks

    def connection(self) -> SMTP:
        """Return the protocol of one connection."""
        return _Connection(self, self._tls, auth_required=bool(self._user))

    def known(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        """Say whether somebody proves himself."""
        good = isinstance(given, LoginPassword)
        if isinstance(given, LoginPassword):
            same = (hmac.compare_digest(given.login, self._user), hmac.compare_digest(given.password, self._password))
            good = all(same)
        return AuthResult(success=good, handled=False)

    async def accept(self, sender: str, extension: Extension, numbers: Sequence[str], octets: bytes) -> str:
        """Accept a mail, even if who brings it hangs up meanwhile: he will bring it again, and it is one fax.

        Returns what is said to him.
        """
        return await asyncio.shield(self._tasks.create_task(self._answer(sender, extension, numbers, octets)))

    async def _answer(self, sender: str, extension: Extension, numbers: Sequence[str], octets: bytes) -> str:
        try:
            accepted = await self.letterbox.accept(sender, extension, numbers, octets)
        except (Refused, Unavailable) as error:
            return answer_to(error)
        except Exception:  # the edge of a task: the others go on
            log.exception("a mail could not be taken")
            return WRONG_HERE
        return f"250 2.6.0 Fax {accepted.id} is safe with us"

    def hang_up(self) -> None:
        """End all connections; what is being accepted ends with the tasks."""
        for each in list(self.open):
            each.hang_up()


class _Connection(SMTP):
    """One connection, which may bring several mails, one after the other."""

    def __init__(self, listener: Listener, tls: ssl.SSLContext | None, *, auth_required: bool) -> None:
        super().__init__(
            _Mail(listener),
            data_size_limit=listener.letterbox.max_bytes,
            hostname="unifax",
            ident="Unifax",
            tls_context=tls,
            timeout=SILENCE_SECONDS,
            auth_required=auth_required,
            authenticator=listener.known,
            command_call_limit=200,
        )
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._listener.open and len(self._listener.open) >= CONNECTIONS_AT_ONCE:
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"421 4.3.2 Too many connections; come again\r\n")
            transport.close()
            return
        self._listener.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._listener.open:
            self._listener.open.discard(self)
            super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class _Mail:
    """What is said to the commands of one connection; aiosmtpd calls these by their names."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._extensions: Sequence[Extension] = ()
        self._extension: Extension | None = None
        self._numbers: list[str] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str | None, options: list[str]
    ) -> str:
        self._extension, self._numbers = None, []
        if not address or address == "<>":
            return "550 5.7.1 Nobody sent this: reports and automatic answers are not faxed"
        try:
            sender = parse_address(address)
            self._extensions = await self._listener.letterbox.extensions_of(sender)
        except RequestInvalid:
            return "553 5.1.7 This is no address that could be let send here"
        except (Refused, Unavailable) as error:
            return answer_to(error)
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(self._numbers) >= self._listener.letterbox.max_recipients:
            return "452 4.5.3 Too many recipients for one fax"
        try:
            extension, number = await self._listener.letterbox.addressed(self._extensions, address)
        except (Refused, Unavailable) as error:
            return answer_to(error)
        if self._extension not in (None, extension):
            return "452 4.5.3 One mail is faxed by one extension: send this one by itself"
        self._extension = extension
        self._numbers.append(number)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        extension, octets, sender = self._extension, envelope.content, envelope.mail_from
        assert extension is not None
        assert isinstance(octets, bytes)
        assert sender is not None
        return await self._listener.accept(sender, extension, list(dict.fromkeys(self._numbers)), octets)

    async def handle_exception(self, error: Exception) -> str:
        log.error("a mail could not be taken", exc_info=error)
        return WRONG_HERE


def answer_to(error: Refused | Unavailable) -> str:
    """Return what is said to who hands in what is refused: for good, or until later (RFC 3463)."""
    match error:
        case Unavailable() | InFlight():
            code = "451 4.3.0"
        case TooMany():
            code = "452 4.7.0"
        case AccessDenied():
            code = "550 5.7.1"
        case RecipientsInvalid():
            code = "550 5.1.1"
        case TooLarge():
            code = "552 5.3.4"
        case _:
            code = "554 5.6.0"
    sentence = str(error) if isinstance(error, Refused) else "The fax cannot be taken now; come again"
    words = " ".join(sentence.encode("ascii", "replace").decode().split())
    return f"{code} {words[:400]}"
