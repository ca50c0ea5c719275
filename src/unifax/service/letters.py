"""What a mail of ours says: a fax that has come in, or how one that was sent has ended. Knows no SMTP.

What strangers have said (numbers, names of files, notes) stands in bodies and in a subject without line ends: the
standard library refuses to write a header with one, and here none comes so far.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from unifax.model.fax import FaxView
from unifax.model.inbox import InboxView
from unifax.model.mail import Letter, MailKind
from unifax.model.outcome import MEANING

_POLICY = SMTP.clone(max_line_length=78)
_PICTURE = "first-page"
"The Content-ID of the small picture, without its domain."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What goes with a mail."""

    pdf: bytes | None
    "None: it is too large, and the mail says where it is."
    name: str
    picture: bytes
    "A small PNG of the first page; empty: there is none."


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as it goes to the next server."""

    sender: str
    "Where a failure is reported; empty: nowhere, so that no two machines write to each other for ever (RFC 3834 3.3)."
    recipient: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same on all our mails."""

    sender: str
    public_url: str
    "Where the fax centre is; empty: nobody has said."
    zone: tzinfo

    def received(self, letter: Letter, fax: InboxView, enclosed: Enclosed) -> Envelope:
        """Return the mail with a fax that has come in, or that somebody passes on."""
        whom = fax.sender or "a withheld number"
        pages = _pages(fax.pages)
        lines = [
            f"A fax from {whom} came in for {fax.extension} on {self._told(fax.received_at)}: {pages}.",
            *(["The call was cut off before its last page."] if not fax.complete else []),
            *([f"The sending machine calls itself {fax.far_station_id}."] if fax.far_station_id else []),
        ]
        subject = f"Fax from {whom}, {pages}"
        if letter.kind is MailKind.FORWARDED:
            subject = f"Fwd: {subject}"
            lines = [*letter.note.splitlines(), *([""] if letter.note else []), *lines]
        back = self.sender if letter.kind is MailKind.RECEIVED else ""
        return self._mail(letter, back, subject, lines, enclosed, f"fax {fax.id} in the inbox of {fax.extension}")

    def report(self, letter: Letter, fax: FaxView, enclosed: Enclosed) -> Envelope:
        """Return the mail that tells how a fax has ended."""
        lines = [f"Fax {fax.id} of {fax.extension}, accepted on {self._told(fax.accepted_at)}: {fax.state}."]
        for delivery in fax.deliveries:
            why = "" if delivery.outcome is None else f" ({MEANING[delivery.outcome].text})"
            count = f"{delivery.pages_confirmed} of {fax.pages or 0} pages confirmed"
            lines.append(f"{delivery.recipient}: {delivery.state}{why}, {count}.")
        whom = fax.deliveries[0].recipient if len(fax.deliveries) == 1 else f"{len(fax.deliveries)} recipients"
        where = f"the report of fax {fax.id} of {fax.extension}"
        return self._mail(letter, "", f"Fax to {whom}: {fax.state}", lines, enclosed, where)

    def _mail(
        self, letter: Letter, back: str, subject: str, lines: list[str], enclosed: Enclosed, where: str
    ) -> Envelope:
        if enclosed.pdf is None:
            place = f" at {self.public_url}/" if self.public_url else ""
            lines = [*lines, "", f"The document is too large for a mail: it is {where}, in the fax centre{place}."]
        domain = self.sender.rpartition("@")[2]
        message = EmailMessage(_POLICY)
        message["From"] = Address("Fax", addr_spec=self.sender)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = _one_line(subject)
        message["Date"] = letter.made_at
        message["Message-ID"] = f"<{message_id(letter)}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: no machine is to answer
        message.set_content("\n".join(map(_one_line, lines)) + "\n", cte="quoted-printable")
        message.add_alternative(
            _html(lines, domain if enclosed.picture else ""), subtype="html", cte="quoted-printable"
        )
        if enclosed.picture:
            html = message.get_payload()[-1]  # type: ignore[index]  # of a multipart they are a list
            html.add_related(enclosed.picture, "image", "png", cid=f"<{_PICTURE}@{domain}>", disposition="inline")  # type: ignore[union-attr]  # an EmailMessage, which the stubs do not know
        if enclosed.pdf is not None:
            message.add_attachment(enclosed.pdf, "application", "pdf", filename=enclosed.name)
        return Envelope(back, letter.address, message)

    def _told(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"


def message_id(letter: Letter) -> str:
    """Return what stands before the @ of its Message-ID: always the same of one letter, so that a try that was taken
    for lost and made again is one mail to those who read it (RFC 5322 3.6.4)."""
    return f"{letter.kind}.{letter.id}.{round(letter.made_at.timestamp() * 1e6)}"


def _html(lines: list[str], domain: str) -> str:
    """Return lines as HTML, with the small picture, if there is one, in the mail itself: nothing is fetched."""
    text = "".join(f"<p>{escape(_one_line(line))}</p>" for line in lines if line.strip())
    small = (
        f'<p><img src="cid:{_PICTURE}@{domain}" alt="First page" style="border:1px solid #999"></p>' if domain else ""
    )
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{text}{small}</body></html>\n'


def _one_line(text: str) -> str:
    """Return a text without what ends a line or directs a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
