"""Mail as faxes: who may send one, from which extension, to whom; and its promise. Knows no SMTP.

A mail is addressed to NUMBER@…, or to NUMBER=0003*210@… by who may send from several extensions. Its sender must be
among those of the extension, by his envelope and by From. Whether he is who he says is for the mail server before us
to find out.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256

from unifax.model.accounts import AccountKind, Extension, Viewer
from unifax.model.cover import MAX_MESSAGE, MAX_MESSAGE_LINES, MAX_NAME, MAX_SUBJECT
from unifax.model.errors import AccessDenied, RecipientsInvalid
from unifax.model.file_name import display_name
from unifax.model.mail import same_address
from unifax.post.authenticity import is_authentic
from unifax.post.reading import Enclosure, ReadMail, read_mail
from unifax.service.idempotency import Key, Once, meaning
from unifax.service.sending import Accepted, Sending, Upload
from unifax.store import accounts
from unifax.store.db import Database

log = logging.getLogger(__name__)

TEXT = "message.txt"
"What a text is called that is a page of its own."


class Letterbox:
    """Takes mail in."""

    def __init__(self, db: Database, sending: Sending, domains: Sequence[str], trusted_results: str) -> None:
        """`domains` stand behind the @ of numbers; none: any may. With `trusted_results`, the name of a mail server
        in Authentication-Results, a sender must have passed there."""
        self._db = db
        self._sending = sending
        self._domains = frozenset(domain.lower() for domain in domains)
        self._trusted_results = trusted_results

    @property
    def max_bytes(self) -> int:
        """The largest mail: its files may be as large as a request's, and base64 makes four octets of three."""
        return self._sending.limits.bytes * 7 // 5 + (1 << 16)

    @property
    def max_recipients(self) -> int:
        return self._sending.limits.recipients

    async def extensions_of(self, sender: str) -> Sequence[Extension]:
        """Return the extensions that a sender may fax from. Raises AccessDenied when there is none; Unavailable."""
        found = [each for each in await self._db.aread(accounts.extensions_of_sender, sender) if each.fax_enabled]
        if not found:
            raise AccessDenied("Mail from this address is not faxed here.")
        self._sending.readiness.may_accept()
        return found

    async def addressed(self, extensions: Sequence[Extension], address: str) -> tuple[Extension, str]:
        """Return the extension and the number that an address means. Raises RecipientsInvalid, AccessDenied."""
        local, _, domain = address.rpartition("@")
        if self._domains and domain.lower() not in self._domains:
            raise RecipientsInvalid(f"Numbers are at {', '.join(sorted(self._domains))}.")
        number, _, wanted = local.strip('"').partition("=")
        chosen = [each for each in extensions if wanted in ("", each.number)]
        if not chosen:
            raise AccessDenied("Mail from this address is not faxed by this extension.")
        if len(chosen) > 1:
            raise RecipientsInvalid("Several extensions fax mail from this address: write NUMBER=EXTENSION@.")
        await self._sending.drafted(viewer_of(chosen[0]), "@me", chosen[0].number, {"recipients": [number]})
        return chosen[0], number

    async def accept(
        self, envelope_sender: str, extension: Extension, numbers: Sequence[str], octets: bytes
    ) -> Accepted:
        """Accept a mail as a fax, and promise to send it. The same mail is one fax, however often it comes in a day.

        Raises a Refused that says why not, Unavailable.
        """
        mail = await asyncio.to_thread(read_mail, octets)
        if not same_address(mail.sender, envelope_sender):
            await self._check_sender(mail.sender, extension)
        if self._trusted_results and not is_authentic(mail.results, self._trusted_results, mail.sender):
            raise AccessDenied("The mail server before us does not vouch for the sender.")
        files, asked = _as_asked(mail, numbers, with_cover=bool(extension.cover))
        viewer, known = viewer_of(extension), mail.message_id or sha256(octets).hexdigest()
        hashes = [(each.name, sha256(each.octets).hexdigest()) for each in files]
        key = Key(f"mail {extension.id}", meaning(known, sorted(numbers)))
        once = Once(key, meaning("mail", asked, hashes))
        with self._sending.keys.held(key), ExitStack() as staged:
            again = await self._sending.again(once)
            if again is not None:
                return again
            uploads = [await asyncio.to_thread(self._staged, each, at, staged) for at, each in enumerate(files, 1)]
            accepted = await self._sending.accept(
                viewer, "@me", extension.number, asked, uploads, once, reply_to=mail.sender
            )
        log.info("a mail is fax %d of %d files", accepted.id, len(files))
        return accepted

    async def _check_sender(self, sender: str, extension: Extension) -> None:
        if extension.id not in {each.id for each in await self.extensions_of(sender)}:
            raise AccessDenied("Mail from this address is not faxed by this extension.")

    def _staged(self, file: Enclosure, ordinal: int, staged: ExitStack) -> Upload:
        path = self._sending.blobs.stage()
        staged.callback(self._sending.blobs.discard, path)
        path.write_bytes(file.octets)
        return Upload(display_name(file.name, ordinal), path, len(file.octets))


def viewer_of(extension: Extension) -> Viewer:
    """Return as whom a mail is faxed: the user whose extension it is."""
    return Viewer(extension.owner_id, AccountKind.USER, None)


def _as_asked(
    mail: ReadMail, numbers: Sequence[str], *, with_cover: bool
) -> tuple[Sequence[Enclosure], Mapping[str, object]]:
    """Return the files of a fax, and what is asked of it as a request would.

    The text goes onto the cover page of an extension that has one; else it is a page itself, if nothing else is.
    """
    asked: dict[str, object] = {"recipients": list(numbers)}
    files = list(mail.enclosures)
    lines = mail.text.split("\n")
    fits = with_cover and len(mail.text) <= MAX_MESSAGE and len(lines) <= MAX_MESSAGE_LINES
    if with_cover and (files or mail.text):
        message = "\n".join(map(_printable, lines)).strip() if fits else ""
        cover = {"subject": mail.subject[:MAX_SUBJECT], "from": mail.sender_name[:MAX_NAME], "message": message}
        asked["cover"] = {name: text for name, text in cover.items() if text}
    if mail.text and not fits and (with_cover or not files):
        files.insert(0, Enclosure(TEXT, mail.text.encode()))
        if not mail.enclosures:
            asked["charset"] = "utf-8"
    return files, asked


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\t" else " " for letter in line)
