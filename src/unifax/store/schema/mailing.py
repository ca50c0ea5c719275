"""What is told by mail."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from unifax.model.mail import MailKind, MailState
from unifax.store.schema.base import Instant, index_where, metadata, words

mails = Table(  # one mail to one address
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("inbox_id", Integer, ForeignKey("inbox.id", ondelete="CASCADE"), index=True),
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE"), index=True),
    Column("note", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("work", Integer, nullable=False),  # serial of the work that may send it; older work is stale
    Column("next_try_at", Instant),
    Column("tried_at", Instant),
    Column("trouble", Text),  # why the last try failed, in a few words
    CheckConstraint(f"kind IN ({words(MailKind)})", name="kind"),
    CheckConstraint(f"state IN ({words(MailState)})", name="state"),
    CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="waiting"),
    CheckConstraint("(kind <> 'report') = (inbox_id IS NOT NULL)", name="received"),
    CheckConstraint("(kind = 'report') = (fax_id IS NOT NULL)", name="report"),
    index_where("state = 'waiting'", "ix_mails_waiting", "next_try_at"),
    Index("ix_mails_extension_id_id", "extension_id", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
