"""The mail server that takes our mail, by SMTP (RFC 5321). Knows no fax. The only user of aiosmtplib."""

import asyncio
import ssl
from dataclasses import dataclass
from email.policy import SMTP

import aiosmtplib

from unifax.model.mail import Posted
from unifax.service.letters import Envelope

STEP_SECONDS = 30.0
WHOLE_SECONDS = 300.0
"Of one mail: RFC 5321 4.5.3.2 would wait ten minutes for the last answer alone, which no server of one's own needs."
_TROUBLE_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    "None: as clear text, to a server on this machine."
    at_once: bool
    "TLS from the first octet (RFC 8314 3.3); else by STARTTLS, which is then needed."
    user: str
    password: str


class Smarthost:
    """Hands mail in."""

    def __init__(self, account: Account, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._account = account
        self._whole_seconds = whole_seconds

    async def send(self, envelope: Envelope) -> Posted:
        """Hand a mail in, and say what came of it. What is no fault of its recipient is not for good."""
        try:
            async with asyncio.timeout(self._whole_seconds), self._client() as client:
                octets = envelope.message.as_bytes(policy=SMTP)
                await client.sendmail(envelope.sender, [envelope.recipient], octets)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            return _said(refused.code, refused.message, final=refused.code >= 500)
        except aiosmtplib.SMTPDataError as error:
            return _said(error.code, error.message, final=error.code >= 500)
        except aiosmtplib.SMTPResponseException as error:
            return _said(error.code, error.message, final=False)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Posted(_printable(f"the mail server was not reached: {error}"))
        return Posted()

    async def check(self) -> None:
        """See that the server is there and takes our name and password. Raises SMTPException, OSError."""
        async with asyncio.timeout(self._whole_seconds), self._client() as client:
            await client.noop()

    def _client(self) -> aiosmtplib.SMTP:
        account = self._account
        return aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            username=account.user or None,
            password=account.password or None,
            use_tls=account.tls is not None and account.at_once,
            start_tls=account.tls is not None and not account.at_once,
            tls_context=account.tls,
            timeout=STEP_SECONDS,
        )


def _said(code: int, message: str, *, final: bool) -> Posted:
    return Posted(_printable(f"the mail server says {code} {message}"), is_final=final)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_TROUBLE_AT_MOST]
