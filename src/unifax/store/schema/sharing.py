"""What several hosts must have in common."""

from sqlalchemy import CheckConstraint, Column, Table, Text

from unifax.store.schema.base import metadata

key_prints = Table(  # of the key files: who has other keys may not join
    "key_prints",
    metadata,
    Column("name", Text, primary_key=True),
    Column("print", Text, nullable=False),  # SHA-256 of the key, hex
    CheckConstraint("length(print) = 64", name="print"),
    sqlite_strict=True,
)
