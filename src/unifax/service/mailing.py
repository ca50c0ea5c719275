"""Who is told by mail, beside those whom events tell (`service.telling`). Knows no SMTP, and not what a mail says."""

from collections.abc import Sequence
from datetime import datetime

from unifax.model.accounts import Extension
from unifax.model.errors import RequestInvalid
from unifax.model.inbox import InboxView
from unifax.model.mail import MAX_NOTE, MailKind, parse_addresses
from unifax.store.db import Connection
from unifax.store.mails import add_mail
from unifax.work.jobs import mail_job
from unifax.work.queue import Queue


def forward(
    conn: Connection,
    queue: Queue,
    extension: Extension,
    fax: InboxView,
    addresses: Sequence[str],
    note: str,
    now: datetime,
) -> InboxView:
    """Have a received fax sent on to mail addresses, with some words; return it, so that `Office.act` knows it.

    `extension` is that of the fax, as `service.sending.sender` has found it for who asks. Raises RequestInvalid.
    """
    wanted = parse_addresses(addresses)
    if not wanted:
        raise RequestInvalid("A fax is passed on to one mail address at least.")
    words = note.strip()
    if len(words) > MAX_NOTE:
        raise RequestInvalid(f"The words to go with it may be {MAX_NOTE} characters.")
    for address in wanted:
        new = add_mail(conn, extension.id, MailKind.FORWARDED, address, now, inbox_id=fax.id, note=words)
        queue.enqueue(conn, mail_job(new))
    return fax
