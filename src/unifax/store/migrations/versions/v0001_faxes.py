"""Accounts and extensions, faxes, deliveries and calls, the inbox, events and hooks, and the processes at work."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0001.11"  # 0001 was never released; a folder it has made is refused, not misread
down_revision = None

FORBIDDEN = """
    OLD.state <> NEW.state AND NOT (
        (OLD.state = 'uploading' AND NEW.state IN ('cancelled', 'failed', 'preparing'))
        OR (OLD.state = 'preparing' AND NEW.state IN ('cancelled', 'failed', 'sent', 'waiting'))
        OR (OLD.state = 'waiting' AND NEW.state IN ('calling', 'cancelled', 'failed', 'sent'))
        OR (OLD.state = 'calling' AND NEW.state IN ('cancelled', 'failed', 'sent', 'uncertain', 'waiting'))
        OR (OLD.state = 'failed' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'cancelled' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'uncertain' AND NEW.state IN ('waiting'))
    )
"""

MOVES = {
    "sqlite": [
        "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
        f" WHEN {FORBIDDEN} BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION deliveries_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
        " integrity_constraint_violation USING MESSAGE = 'a delivery does not move that way'; END $$",
        "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
        f" FOR EACH ROW WHEN ({FORBIDDEN}) EXECUTE FUNCTION deliveries_moves()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("login", sa.Text()),
        sa.Column("password", sa.Text()),
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("region IS NULL OR length(region) = 2", name="ck_accounts_region"),
        sa.CheckConstraint("(kind = 'administrator') = (parent_id IS NULL)", name="ck_accounts_parent"),
        sa.CheckConstraint("kind IN ('administrator', 'organization', 'user')", name="ck_accounts_kind"),
        sa.CheckConstraint("password IS NULL OR password LIKE '$argon2id$%'", name="ck_accounts_password"),
        sa.CheckConstraint("enabled IN (0, 1)", name="ck_accounts_enabled"),
        sa.ForeignKeyConstraint(["parent_id"], ["accounts.id"], name="fk_accounts_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
        sa.UniqueConstraint("parent_id", "name", name="uq_accounts_parent_id_name"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_accounts_parent_id", "accounts", ["parent_id"])
    op.create_table(
        "destinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("tried_at", Instant()),
        sa.Column("far_station_id", sa.Text()),
        sa.Column("far_ecm", sa.Integer()),
        sa.Column("far_modem", sa.Text()),
        sa.Column("far_resolutions", sa.Text()),
        sa.Column("pin_t38", sa.Integer()),
        sa.Column("pin_ecm", sa.Integer()),
        sa.Column("pin_modem", sa.Text()),
        sa.CheckConstraint("unanswered >= 0", name="ck_destinations_unanswered"),
        sa.CheckConstraint("far_ecm IN (0, 1) AND far_modem IN ('v17', 'v27ter', 'v29')", name="ck_destinations_far"),
        sa.CheckConstraint(
            "(far_ecm IS NULL) = (far_modem IS NULL) AND (far_ecm IS NULL) = (far_resolutions IS NULL)",
            name="ck_destinations_ability",
        ),
        sa.CheckConstraint(
            "pin_t38 IN (0, 1) AND pin_ecm IN (0, 1) AND pin_modem IN ('v17', 'v27ter', 'v29')",
            name="ck_destinations_pin",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_destinations"),
        sa.UniqueConstraint("number", name="uq_destinations_number"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_destinations_tried_at", "destinations", ["tried_at"])
    op.create_table(
        "manners",
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("t38", sa.Integer(), nullable=False),
        sa.Column("ecm", sa.Integer(), nullable=False),
        sa.Column("modem", sa.Text(), nullable=False),
        sa.Column("learnt_at", Instant(), nullable=False),
        sa.Column("worked_at", Instant()),
        sa.Column("failed_at", Instant()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("media", sa.Text()),
        sa.Column("bits_per_second", sa.Integer()),
        sa.CheckConstraint(
            "t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ('v17', 'v27ter', 'v29')", name="ck_manners_manner"
        ),
        sa.CheckConstraint("(failed_at IS NULL) = (outcome IS NULL)", name="ck_manners_failed"),
        sa.CheckConstraint("failures >= 0 AND (failures = 0 OR failed_at IS NOT NULL)", name="ck_manners_failures"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destinations.id"], name="fk_manners_destination_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("destination_id", "trunk", "t38", "ecm", "modem", name="pk_manners"),
        sqlite_strict=True,
    )
    op.create_index("ix_manners_learnt_at", "manners", ["learnt_at"])
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
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.CheckConstraint("enabled IN (0, 1)", name="ck_apps_enabled"),
        sa.CheckConstraint("length(secret_sha256) = 64", name="ck_apps_secret"),
        sa.CheckConstraint("trusted IN (0, 1)", name="ck_apps_trusted"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_apps_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_apps"),
        sa.UniqueConstraint("key", name="uq_apps_key"),
        sa.UniqueConstraint("account_id", "name", name="uq_apps_account_id_name"),
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
        sa.Column("header_position", sa.Text(), nullable=False),
        sa.Column("header_line", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("fax_enabled", sa.Integer(), nullable=False),
        sa.Column("resume", sa.Integer(), nullable=False),
        sa.Column("max_calls", sa.Integer(), nullable=False),
        sa.CheckConstraint("number LIKE '%*' || short", name="ck_extensions_short"),
        sa.CheckConstraint("fax_enabled IN (0, 1)", name="ck_extensions_fax_enabled"),
        sa.CheckConstraint("header_position IN ('above', 'auto', 'off', 'over')", name="ck_extensions_header_position"),
        sa.CheckConstraint(
            "resolution IN ('auto', '300', '400', 'fine', 'standard', 'superfine')", name="ck_extensions_resolution"
        ),
        sa.CheckConstraint("resume IN (0, 1)", name="ck_extensions_resume"),
        sa.CheckConstraint("max_calls >= 0", name="ck_extensions_max_calls"),
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
        "dids",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_dids_extension_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_dids"),
        sqlite_strict=True,
    )
    op.create_index("ix_dids_extension_id", "dids", ["extension_id"])
    op.create_table(
        "receptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("sip_call_id", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("far_station_id", sa.Text()),
        sa.Column("bits_per_second", sa.Integer()),
        sa.Column("bad_rows", sa.Integer(), nullable=False),
        sa.CheckConstraint("complete IN (0, 1)", name="ck_receptions_complete"),
        sa.CheckConstraint("pages >= 0 AND bad_rows >= 0", name="ck_receptions_counts"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_receptions_extension_id"),
        sa.PrimaryKeyConstraint("id", name="pk_receptions"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_receptions_extension_id", "receptions", ["extension_id"])
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="ck_sessions_sha256"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_sessions"),
        sqlite_strict=True,
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "codes",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text()),
        sa.Column("challenge_method", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.CheckConstraint("(challenge IS NULL) = (challenge_method IS NULL)", name="ck_codes_challenge"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_codes_sha256"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_codes_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name="fk_codes_app_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_codes"),
        sqlite_strict=True,
    )
    op.create_index("ix_codes_app_id", "codes", ["app_id"])
    op.create_index("ix_codes_expires_at", "codes", ["expires_at"])
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
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("send_after", Instant()),
        sa.Column("give_up_at", Instant()),
        sa.Column("paper", sa.Text()),
        sa.CheckConstraint(
            "state IN ('Cancelled', 'Partially Sent', 'Pre-Approved', 'Scheduled For Sending', 'Send Failed', 'Sent',"
            " 'Uncertain', 'Uploading')",
            name="ck_faxes_state",
        ),
        sa.CheckConstraint("(document IS NULL) = (pages IS NULL)", name="ck_faxes_prepared"),
        sa.CheckConstraint("pages > 0", name="ck_faxes_pages"),
        sa.CheckConstraint("priority > 0", name="ck_faxes_priority"),
        sa.CheckConstraint(
            "send_after IS NULL OR give_up_at IS NULL OR send_after < give_up_at", name="ck_faxes_times"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_faxes_account_id"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_faxes_extension_id"),
        sa.PrimaryKeyConstraint("id", name="pk_faxes"),
        sa.UniqueConstraint("uid", name="uq_faxes_uid"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_faxes_account_id_id", "faxes", ["account_id", "id"])
    op.create_index("ix_faxes_extension_id_id", "faxes", ["extension_id", "id"])
    op.create_index(
        "ix_faxes_give_up_at",
        "faxes",
        ["give_up_at"],
        sqlite_where=sa.text("give_up_at IS NOT NULL"),
        postgresql_where=sa.text("give_up_at IS NOT NULL"),
    )
    op.create_table(
        "hooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("secret", sa.Integer(), nullable=False),
        sa.Column("rotated_at", Instant()),
        sa.Column("modified_at", Instant(), nullable=False),
        sa.CheckConstraint("method IN (0, 1, 2)", name="ck_hooks_method"),
        sa.CheckConstraint("status IN (0, 1)", name="ck_hooks_status"),
        sa.CheckConstraint("type IN (0, 1, 2)", name="ck_hooks_type"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_hooks_extension_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_hooks"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_hooks_extension_id", "hooks", ["extension_id"])
    op.create_table(
        "keys",
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.CheckConstraint("length(request) = 64", name="ck_keys_request"),
        sa.PrimaryKeyConstraint("whose", "key", name="pk_keys"),
        sqlite_strict=True,
    )
    op.create_index("ix_keys_answered_at", "keys", ["answered_at"])
    op.create_table(
        "tokens",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name="ck_tokens_kind"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_tokens_sha256"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tokens_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name="fk_tokens_app_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_tokens"),
        sqlite_strict=True,
    )
    op.create_index("ix_tokens_app_id", "tokens", ["app_id"])
    op.create_index("ix_tokens_consent", "tokens", ["consent"])
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])
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
        sa.Column("calls_before", sa.Integer(), nullable=False),
        sa.Column("cancel_at", Instant()),
        sa.Column("told", sa.Text()),
        sa.CheckConstraint("(state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')", name="ck_deliveries_sent"),
        sa.CheckConstraint(
            "(state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')", name="ck_deliveries_uncertain"
        ),
        sa.CheckConstraint("(state = 'waiting') = (next_call_at IS NOT NULL)", name="ck_deliveries_waiting"),
        sa.CheckConstraint("cancel_at IS NULL OR state = 'calling'", name="ck_deliveries_cancel"),
        sa.CheckConstraint("state <> 'calling' OR calls > 0", name="ck_deliveries_calling"),
        sa.CheckConstraint(
            "state IN ('calling', 'cancelled', 'failed', 'preparing', 'sent', 'uncertain', 'uploading', 'waiting')",
            name="ck_deliveries_state",
        ),
        sa.CheckConstraint("(trunk IS NULL) <> (extension_id IS NULL)", name="ck_deliveries_way"),
        sa.CheckConstraint(
            "calls >= calls_before AND calls_before >= 0 AND pages_confirmed >= 0", name="ck_deliveries_counts"
        ),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_deliveries_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_deliveries_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("fax_id", "position", name="uq_deliveries_fax_id_position"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index(
        "ix_deliveries_cancel",
        "deliveries",
        ["id"],
        sqlite_where=sa.text("cancel_at IS NOT NULL"),
        postgresql_where=sa.text("cancel_at IS NOT NULL"),
    )
    op.create_index("ix_deliveries_number", "deliveries", ["number", "fax_id"])
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["id"],
        sqlite_where=sa.text("state IN ('calling', 'preparing', 'waiting')"),
        postgresql_where=sa.text("state IN ('calling', 'preparing', 'waiting')"),
    )
    op.create_index(
        "ux_deliveries_calling",
        "deliveries",
        ["number"],
        unique=True,
        sqlite_where=sa.text("state = 'calling'"),
        postgresql_where=sa.text("state = 'calling'"),
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
        "page_reports",
        sa.Column("fax_id", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_page_reports_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fax_id", name="pk_page_reports"),
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
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("called", sa.Text()),
        sa.Column("far_station_id", sa.Text()),
        sa.Column("bits_per_second", sa.Integer()),
        sa.Column("bad_rows", sa.Integer(), nullable=False),
        sa.Column("sip_call_id", sa.Text()),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("read_at", Instant()),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.CheckConstraint("pages > 0 AND bad_rows >= 0", name="ck_inbox_pages"),
        sa.CheckConstraint("complete IN (0, 1)", name="ck_inbox_complete"),
        sa.CheckConstraint("told IN (0, 1)", name="ck_inbox_told"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_inbox_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_inbox_fax_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_extension_id_id", "inbox", ["extension_id", "id"])
    op.create_table(
        "uploads",
        sa.Column("fax_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("blob", sa.Text()),
        sa.Column("pages", sa.Integer()),
        sa.CheckConstraint(
            "(blob IS NULL) = (kind IS NULL) AND (blob IS NULL) = (pages IS NULL)", name="ck_uploads_come"
        ),
        sa.CheckConstraint("bytes >= 0", name="ck_uploads_bytes"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_uploads_sha256"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_uploads_fax_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fax_id", "position", name="pk_uploads"),
        sqlite_strict=True,
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "calls",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("t38", sa.Integer(), nullable=False),
        sa.Column("ecm", sa.Integer(), nullable=False),
        sa.Column("modem", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ringing_at", Instant()),
        sa.Column("answered_at", Instant()),
        sa.Column("t38_at", Instant()),
        sa.Column("last_page_out_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("outcome", sa.Text()),
        sa.Column("passed_on", sa.Integer(), nullable=False),
        sa.Column("pages_confirmed", sa.Integer(), nullable=False),
        sa.Column("sip_status", sa.Integer()),
        sa.Column("t30_code", sa.Integer()),
        sa.Column("media", sa.Text()),
        sa.Column("far_station_id", sa.Text()),
        sa.Column("bits_per_second", sa.Integer()),
        sa.Column("sip_call_id", sa.Text()),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ck_calls_ended"),
        sa.CheckConstraint("number > 0", name="ck_calls_number"),
        sa.CheckConstraint("pages_confirmed >= 0 AND first_page >= 0", name="ck_calls_counts"),
        sa.CheckConstraint("passed_on IN (0, 1)", name="ck_calls_passed_on"),
        sa.CheckConstraint(
            "t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ('v17', 'v27ter', 'v29')", name="ck_calls_manner"
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_calls_delivery_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_calls"),
        sqlite_strict=True,
    )
    op.create_table(
        "call_records",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("packets", sa.LargeBinary()),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.CheckConstraint("bytes = length(blob) + coalesce(length(packets), 0)", name="ck_call_records_bytes"),
        sa.ForeignKeyConstraint(
            ["delivery_id", "number"],
            ["calls.delivery_id", "calls.number"],
            name="fk_call_records_delivery_id_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_call_records"),
        sqlite_strict=True,
    )
    op.create_index("ix_call_records_kept_at", "call_records", ["kept_at"])
    op.create_table(
        "inbox_records",
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("packets", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_inbox_records_inbox_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inbox_id", name="pk_inbox_records"),
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_records_kept_at", "inbox_records", ["kept_at"])
    op.create_table(
        "trunk_health",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("is_up", sa.Integer()),
        sa.Column("since", Instant()),
        sa.Column("status", sa.Integer()),
        sa.Column("registered_until", Instant()),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.CheckConstraint("is_up IN (0, 1)", name="ck_trunk_health_is_up"),
        sa.CheckConstraint("(is_up IS NULL) = (since IS NULL)", name="ck_trunk_health_since"),
        sa.PrimaryKeyConstraint("process", "trunk", "server", name="pk_trunk_health"),
        sqlite_strict=True,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("fax_id", sa.Integer()),
        sa.Column("inbox_id", sa.Integer()),
        sa.Column("position", sa.Integer()),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint("(kind = 'received') = (inbox_id IS NOT NULL)", name="ck_events_received"),
        sa.CheckConstraint("(kind IN ('recipient', 'progress')) = (position IS NOT NULL)", name="ck_events_recipient"),
        sa.CheckConstraint("kind IN ('fax', 'progress', 'received', 'recipient')", name="ck_events_kind"),
        sa.ForeignKeyConstraint(["extension_id"], ["extensions.id"], name="fk_events_extension_id"),
        sa.ForeignKeyConstraint(["fax_id"], ["faxes.id"], name="fk_events_fax_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_events_inbox_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_events_extension_id_id", "events", ["extension_id", "id"])
    op.create_index("ix_events_fax_id_id", "events", ["fax_id", "id"])
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("replay", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("work", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant()),
        sa.Column("tried_at", Instant()),
        sa.Column("http_status", sa.Integer()),
        sa.Column("trouble", sa.Text()),
        sa.CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="ck_notices_waiting"),
        sa.CheckConstraint("state IN ('waiting', 'told', 'given_up')", name="ck_notices_state"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_notices_event_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["hook_id"], ["hooks.id"], name="fk_notices_hook_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("hook_id", "event_id", "replay", name="uq_notices_hook_id_event_id_replay"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_notices_event_id", "notices", ["event_id"])
    op.create_index("ix_notices_hook_id_id", "notices", ["hook_id", "id"])
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["next_try_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    for statement in MOVES[op.get_bind().dialect.name]:
        op.execute(statement)
