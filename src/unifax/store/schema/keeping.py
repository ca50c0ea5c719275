"""What was deleted, and when: all that is left of it."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from unifax.model.keeping import Why
from unifax.store.schema.base import Instant, metadata, words

deletions = Table(
    "deletions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False),
    Column("fax_id", Integer, ForeignKey("faxes.id")),
    Column("inbox_id", Integer, ForeignKey("inbox.id")),
    Column("at", Instant, nullable=False),
    Column("why", Text, nullable=False),
    Column("account_id", Integer),  # who asked for it. No key: accounts may be removed
    Column("contents", Text, nullable=False),  # JSON: what it was, and the SHA-256 of each
    CheckConstraint("(fax_id IS NULL) <> (inbox_id IS NULL)", name="of"),
    CheckConstraint(f"why IN ({words(Why)})", name="why"),
    CheckConstraint("(why = 'asked') = (account_id IS NOT NULL)", name="account"),
    Index("ux_deletions_fax_id", "fax_id", unique=True),
    Index("ux_deletions_inbox_id", "inbox_id", unique=True),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
