"""How long contents are kept, what is held back from that, and what was deleted."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("extensions", sa.Column("keep_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("faxes", sa.Column("keep_days", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("faxes", sa.Column("label", sa.Text()))
    for table in ("faxes", "inbox"):
        op.add_column(table, sa.Column("held_at", Instant()))
        op.add_column(table, sa.Column("forgotten_at", Instant()))
    op.create_table(
        "deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("fax_id", sa.Integer()),
        sa.Column("inbox_id", sa.Integer()),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.CheckConstraint("(fax_id IS NULL) <> (inbox_id IS NULL)", name="ck_deletions_of"),
        sa.CheckConstraint("why IN ('asked', 'kept_long_enough')", name="ck_deletions_why"),
        sa.CheckConstraint("(why = 'asked') = (account_id IS NOT NULL)", name="ck_deletions_account"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_deletions_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_deletions_fax_id"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_deletions_inbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deletions"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ux_deletions_fax_id", "deletions", ["fax_id"], unique=True)
    op.create_index("ux_deletions_inbox_id", "deletions", ["inbox_id"], unique=True)
