"""A mail as strangers write it, read: who wrote it, its text, and what of it becomes pages. Bytes in, values out.

Whatever is in a mail, it is read within bounds, or RequestInvalid says in a sentence what is wrong with it. Documents
themselves are opened elsewhere, in the converter's sandbox; nothing that a mail names is fetched.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import TypeAlias

from unifax.model.errors import RequestInvalid
from unifax.model.mail import parse_address

MAX_PARTS = 60
MAX_DEPTH = 10
MAX_HEADERS = 64 * 1024
"Octets above the first empty line."
MAX_TEXT = 1 << 20
SIGNATURE_BYTES = 100_000
"An image that belongs to the text and is smaller is taken for a part of a signature; a page of a scan is larger."

_NOT_PAGES = frozenset(
    {
        *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
        *("application/pgp-encrypted", "application/ms-tnef", "text/calendar", "text/vcard", "text/x-vcard"),
    }
)
"Parts that mail programs add by themselves."
_TYPE = re.compile(rb"(?im)^content-type[ \t]*:")
_END = re.compile(rb"\r?\n\r?\n")

Part: TypeAlias = "Message[str, str]"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that a mail brings."""

    name: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What matters of a mail."""

    message_id: str
    "Empty: it has none."
    sender: str
    "The one address in From."
    sender_name: str
    subject: str
    text: str
    enclosures: Sequence[Enclosure]
    results: Sequence[str]
    "Its Authentication-Results, the topmost first."


def read_mail(octets: bytes) -> ReadMail:
    """Read a mail. Raises RequestInvalid."""
    head = _END.search(octets)
    if (head.start() if head else len(octets)) > MAX_HEADERS or len(_TYPE.findall(octets)) > 2 * MAX_PARTS:
        raise RequestInvalid("The mail has too many parts, or too much above its text.")
    try:
        mail = message_from_bytes(octets)
        _refuse_machines(mail)
        return _read(mail)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RequestInvalid("The mail is damaged and cannot be read.") from error  # the parser promises nothing


def _read(mail: Part) -> ReadMail:
    sender, name = _sender(mail)
    plain: list[str] = []
    rich: list[str] = []
    enclosures: list[Enclosure] = []
    for part, is_related in _leaves(mail):
        kind, name_of_file = part.get_content_type(), _file_name(part)
        is_attached = part.get_content_disposition() == "attachment" or bool(name_of_file)
        if kind in ("text/plain", "text/html") and not is_attached:
            text = _text(part)
            (plain if kind == "text/plain" else rich).append(text if kind == "text/plain" else text_of_html(text))
        elif kind not in _NOT_PAGES:
            octets = _octets(part)
            if not _is_signature(part, kind, octets, is_related=is_related):
                enclosures.append(Enclosure(name_of_file, octets))
    text = "\n".join(part for part in (plain if any(map(str.strip, plain)) else rich))
    return ReadMail(
        message_id=_words(mail.get("Message-ID"))[:1000],
        sender=sender,
        sender_name=name,
        subject=_words(mail.get("Subject")),
        text=_without_signature(text)[:MAX_TEXT],
        enclosures=enclosures,
        results=[str(each) for each in mail.get_all("Authentication-Results", [])],
    )


def _refuse_machines(mail: Part) -> None:
    """Raise RequestInvalid for what no person has sent: an answer to it would be answered again (RFC 3834 2)."""
    is_automatic = _words(mail.get("Auto-Submitted", "no")).lower().split(";")[0].strip() != "no"
    is_list = _words(mail.get("Precedence")).lower() in ("bulk", "junk", "list") or "List-Id" in mail
    if is_automatic or is_list or mail.get_content_type() == "multipart/report":
        raise RequestInvalid("Mail that was sent by a machine or by a list is not faxed.")


def _sender(mail: Part) -> tuple[str, str]:
    named = mail.get_all("From", [])
    found = getaddresses([_words(each) for each in named])
    if len(named) != 1 or len(found) != 1:
        raise RequestInvalid("The mail must name one sender in From.")
    name, address = found[0]
    return parse_address(address), _words(name)


def _leaves(mail: Part) -> Iterator[tuple[Part, bool]]:
    """Yield the parts that have no parts, in their order, and whether they belong to a text (multipart/related)."""
    waiting: list[tuple[Part, int, bool]] = [(mail, 0, False)]
    seen = 0
    while waiting:
        part, depth, is_related = waiting.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_PARTS:
            raise RequestInvalid("The mail has too many parts, or parts within parts.")
        if not part.is_multipart():
            yield part, is_related
            continue
        if part.get_content_maintype() != "multipart":
            raise RequestInvalid("A mail within the mail cannot be faxed: attach its documents.")
        within = [each for each in part.get_payload() if isinstance(each, Message)]
        is_related = is_related or part.get_content_type() == "multipart/related"
        waiting += [(each, depth + 1, is_related) for each in reversed(within)]


def _octets(part: Part) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Part) -> str:
    charset = part.get_content_charset("utf-8")
    octets = _octets(part)[:MAX_TEXT]
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def _is_signature(part: Part, kind: str, octets: bytes, *, is_related: bool) -> bool:
    """Whether a part is a picture of a text, and not a page: of a signature, or a mark by which reading is noticed."""
    is_attached = part.get_content_disposition() == "attachment"
    is_of_the_text = is_related or ("Content-ID" in part and not is_attached)
    return kind.startswith("image/") and is_of_the_text and len(octets) < SIGNATURE_BYTES


def _file_name(part: Part) -> str:
    return _words(part.get_filename())


def _words(header: object) -> str:
    """Return what a header says, as one line (RFC 2047)."""
    if header is None:
        return ""
    try:
        text = str(make_header(decode_header(str(header))))
    except (MessageError, ValueError, LookupError):
        text = str(header)
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _without_signature(text: str) -> str:
    """Return a text without what stands below two hyphens and a space (RFC 3676 4.3)."""
    lines = text.replace("\r\n", "\n").split("\n")
    end = next((at for at, line in enumerate(lines) if line == "-- "), len(lines))
    return "\n".join(lines[:end]).strip()


def text_of_html(html: str) -> str:
    """Return the words of HTML, a line for each block."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.found).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Takes the words of HTML, and none of what is not shown."""

    _SILENT = frozenset({"script", "style", "head", "title", "template"})
    _BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self._SILENT
        if tag in self._BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data.replace("\n", " "))
