"""Mail out and in, and the cover page that an extension uses."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for column in ("mail_received", "mail_reports", "mail_senders", "cover"):
        op.add_column("extensions", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.add_column("faxes", sa.Column("reply_to", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("inbox_id", sa.Integer()),
        sa.Column("fax_id", sa.Integer()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("work", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant()),
        sa.Column("tried_at", Instant()),
        sa.Column("trouble", sa.Text()),
        sa.CheckConstraint("kind IN ('forwarded', 'received', 'report')", name="ck_mails_kind"),
        sa.CheckConstraint("state IN ('given_up', 'sent', 'waiting')", name="ck_mails_state"),
        sa.CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="ck_mails_waiting"),
        sa.CheckConstraint("(kind <> 'report') = (inbox_id IS NOT NULL)", name="ck_mails_received"),
        sa.CheckConstraint("(kind = 'report') = (fax_id IS NOT NULL)", name="ck_mails_report"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_mails_extension_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_mails_inbox_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_mails_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_mails_inbox_id", "mails", ["inbox_id"])
    op.create_index("ix_mails_fax_id", "mails", ["fax_id"])
    op.create_index("ix_mails_extension_id_id", "mails", ["extension_id", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_mails_waiting", "mails", ["next_try_at"], sqlite_where=waiting, postgresql_where=waiting)
