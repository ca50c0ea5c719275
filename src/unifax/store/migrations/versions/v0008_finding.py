"""Address books, words that faxes are found by, and what a received fax is forwarded as, and shown like."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant
from unifax.store.schema.base import Word

revision = "0008"
down_revision = "0007"

WORDS = {"contact_words": "contacts", "fax_words": "faxes", "inbox_words": "inbox"}


def upgrade() -> None:
    op.add_column("faxes", sa.Column("forwards", sa.Integer()))
    op.execute(
        "ALTER TABLE inbox ADD COLUMN turned INTEGER DEFAULT '0' NOT NULL"
        " CONSTRAINT ck_inbox_turned CHECK (turned IN (0, 90, 180, 270))"
    )
    op.create_index("ix_faxes_extension_id_state_id", "faxes", ["extension_id", "state", "id"])
    for name, table, condition, columns in (
        ("ix_faxes_forwards", "faxes", "forwards IS NOT NULL", ["forwards"]),
        ("ix_inbox_unread", "inbox", "read_at IS NULL", ["extension_id", "id"]),
    ):
        rows = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sorted_as", Word, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_contacts_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("account_id", "number", "sorted_as", name="uq_contacts_account_id_number_sorted_as"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_contacts_account_id_sorted_as", "contacts", ["account_id", "sorted_as", "id"])
    for name, of in WORDS.items():
        op.create_table(
            name,
            sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("word", Word, nullable=False),
            sa.Column("found_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.ForeignKeyConstraint(["found_id"], [f"{of}.id"], name=f"fk_{name}_found_id", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("owner_id", "word", "found_id", name=f"pk_{name}"),
            sqlite_strict=True,
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_found_id", name, ["found_id", "word"])
