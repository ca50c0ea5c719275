"""Accounts and extensions, faxes, deliveries and calls, the inbox, and the processes that do the work."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0001"
down_revision = None

MOVES = """
CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries
    WHEN OLD.state <> NEW.state AND NOT (
        (OLD.state = 'preparing' AND NEW.state IN ('cancelled', 'failed', 'sent', 'waiting'))
        OR (OLD.state = 'waiting' AND NEW.state IN ('calling', 'cancelled', 'failed'))
        OR (OLD.state = 'calling' AND NEW.state IN ('cancelled', 'failed', 'sent', 'uncertain', 'waiting'))
    )
    BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END
"""


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("(kind = 'administrator') = (parent_id IS NULL)", name="ck_accounts_parent"),
        sa.CheckConstraint("kind IN ('administrator', 'organization', 'user')", name="ck_accounts_kind"),
        sa.ForeignKeyConstraint(["parent_id"], ["accounts.id"], name="fk_accounts_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_accounts_parent_id", "accounts", ["parent_id"])
    op.create_table(
        "executors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executors"),
        sqlite_strict=True,
    )
    op.create_table(
        "apps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("trusted", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(secret_sha256) = 64", name="ck_apps_secret"),
        sa.CheckConstraint("trusted IN (0, 1)", name="ck_apps_trusted"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_apps_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_apps"),
        sa.UniqueConstraint("key", name="uq_apps_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_apps_account_id", "apps", ["account_id"])
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("header_text", sa.Text(), nullable=False),
        sa.Column("fax_enabled", sa.Integer(), nullable=False),
        sa.CheckConstraint("number LIKE '%*' || short", name="ck_extensions_short"),
        sa.CheckConstraint("fax_enabled IN (0, 1)", name="ck_extensions_fax_enabled"),
        sa.CheckConstraint("length(station_id) <= 20", name="ck_extensions_station_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name="fk_extensions_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_extensions"),
        sa.UniqueConstraint("number", name="uq_extensions_number"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_extensions_owner_id", "extensions", ["owner_id"])
    op.create_index("ix_extensions_short", "extensions", ["short"])
    op.create_table(
        "faxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("work", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("pages", sa.Integer()),
        sa.CheckConstraint("(document IS NULL) = (pages IS NULL)", name="ck_faxes_prepared"),
        sa.CheckConstraint("pages > 0", name="ck_faxes_pages"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_faxes_account_id"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_faxes_extension_id"),
        sa.PrimaryKeyConstraint("id", name="pk_faxes"),
        sa.UniqueConstraint("uid", name="uq_faxes_uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_faxes_account_id_id", "faxes", ["account_id", "id"])
    op.create_table(
        "tokens",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="ck_tokens_sha256"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tokens_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name="fk_tokens_app_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_tokens"),
        sqlite_strict=True,
    )
    op.create_index("ix_tokens_app_id", "tokens", ["app_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fax_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("trunk", sa.Text()),
        sa.Column("extension_id", sa.Integer()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("work", sa.Integer(), nullable=False),
        sa.Column("pages_confirmed", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("next_call_at", Instant()),
        sa.CheckConstraint("(state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')", name="ck_deliveries_sent"),
        sa.CheckConstraint(
            "(state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')", name="ck_deliveries_uncertain"
        ),
        sa.CheckConstraint("(state = 'waiting') = (next_call_at IS NOT NULL)", name="ck_deliveries_waiting"),
        sa.CheckConstraint("state <> 'calling' OR calls > 0", name="ck_deliveries_calling"),
        sa.CheckConstraint(
            "state IN ('calling', 'cancelled', 'failed', 'preparing', 'sent', 'uncertain', 'waiting')",
            name="ck_deliveries_state",
        ),
        sa.CheckConstraint("(trunk IS NULL) <> (extension_id IS NULL)", name="ck_deliveries_way"),
        sa.CheckConstraint("calls >= 0 AND pages_confirmed >= 0", name="ck_deliveries_counts"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_deliveries_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_deliveries_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("fax_id", "position", name="uq_deliveries_fax_id_position"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deliveries_open", "deliveries", ["id"], sqlite_where=sa.text("state IN ('calling', 'preparing', 'waiting')")
    )
    op.create_index(
        "ux_deliveries_calling", "deliveries", ["number"], unique=True, sqlite_where=sa.text("state = 'calling'")
    )
    op.create_table(
        "fax_files",
        sa.Column("fax_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_fax_files_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fax_id", "position", name="pk_fax_files"),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("fax_id", sa.Integer()),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.CheckConstraint("pages > 0", name="ck_inbox_pages"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_inbox_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_inbox_fax_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_extension_id_id", "inbox", ["extension_id", "id"])
    op.create_table(
        "calls",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ringing_at", Instant()),
        sa.Column("answered_at", Instant()),
        sa.Column("t38_at", Instant()),
        sa.Column("last_page_out_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("outcome", sa.Text()),
        sa.Column("pages_confirmed", sa.Integer(), nullable=False),
        sa.Column("sip_status", sa.Integer()),
        sa.Column("t30_code", sa.Integer()),
        sa.Column("far_station_id", sa.Text()),
        sa.Column("bits_per_second", sa.Integer()),
        sa.Column("sip_call_id", sa.Text()),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ck_calls_ended"),
        sa.CheckConstraint("number > 0", name="ck_calls_number"),
        sa.CheckConstraint("pages_confirmed >= 0 AND first_page >= 0", name="ck_calls_counts"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_calls_delivery_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_calls"),
        sqlite_strict=True,
    )
    op.execute(MOVES)
