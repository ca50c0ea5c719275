"""Address books, and the words that contacts and faxes are found by."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from unifax.store.schema.base import Instant, Word, metadata

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),  # whose book it is in
    Column("name", Text, nullable=False),
    Column("sorted_as", Word, nullable=False),
    Column("number", Text, nullable=False),  # as calls are made to it
    Column("company", Text, nullable=False),
    Column("mail", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("tags", Text, nullable=False),  # separated by commas
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("account_id", "number", "sorted_as"),
    Index("ix_contacts_account_id_sorted_as", "account_id", "sorted_as", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)


def _words(name: str, of: str) -> Table:
    """Return the table of the words of something: those of one owner that begin alike stand together."""
    return Table(
        name,
        metadata,
        Column("owner_id", Integer, primary_key=True, autoincrement=False),  # the extension, or the account
        Column("word", Word, primary_key=True),
        Column("found_id", Integer, ForeignKey(of, ondelete="CASCADE"), primary_key=True, autoincrement=False),
        Index(f"ix_{name}_found_id", "found_id", "word"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


contact_words = _words("contact_words", "contacts.id")
fax_words = _words("fax_words", "faxes.id")
inbox_words = _words("inbox_words", "inbox.id")
