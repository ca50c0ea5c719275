"""A mail server on loopback, as the far side of mail that goes out: it keeps what it takes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from warnings import catch_warnings

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass
class Mailbox:
    """What has come."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    "To the next mails, one each; then each is taken. One that begins with RCPT is said to the recipient."
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str | None, Sequence[str]]] = field(default_factory=list)

    async def handle_RCPT(  # so aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers and self.answers[0].startswith("RCPT "):
            return self.answers.pop(0).removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # likewise
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 OK"


@asynccontextmanager
async def a_mailbox(mailbox: Mailbox, password: str = "") -> AsyncIterator[Mailbox]:
    """Have it listen; with a password, only for who knows it."""

    def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        return AuthResult(success=getattr(given, "password", b"") == password.encode(), handled=False)

    sessions: list[SMTP] = []

    def session() -> SMTP:
        with catch_warnings(action="ignore"):  # of a password in clear text, which here goes to ourselves
            sessions.append(SMTP(mailbox, authenticator=known, auth_required=bool(password), auth_require_tls=False))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    async with server:
        mailbox.port = server.sockets[0].getsockname()[1]
        yield mailbox
        for each in sessions:
            if each.transport is not None:
                each.transport.close()
        await asyncio.sleep(0)  # so long it takes the loop to close what is closed
