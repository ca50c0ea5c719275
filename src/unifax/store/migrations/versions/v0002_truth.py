"""Evidence of each page, what is done about uncertain faxes, and the audit log."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0002"
down_revision = "0001.11"

FORBIDDEN = """
    OLD.state <> NEW.state AND NOT (
        (OLD.state = 'uploading' AND NEW.state IN ('cancelled', 'failed', 'preparing'))
        OR (OLD.state = 'preparing' AND NEW.state IN ('cancelled', 'failed', 'sent', 'waiting'))
        OR (OLD.state = 'waiting' AND NEW.state IN ('calling', 'cancelled', 'failed', 'sent', 'uncertain'))
        OR (OLD.state = 'calling' AND NEW.state IN ('cancelled', 'failed', 'sent', 'uncertain', 'waiting'))
        OR (OLD.state = 'failed' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'cancelled' AND NEW.state IN ('preparing', 'waiting'))
        OR (OLD.state = 'uncertain' AND NEW.state IN ('waiting'))
    )
"""

MOVES = {
    "sqlite": [
        "DROP TRIGGER deliveries_moves",
        "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
        f" WHEN {FORBIDDEN} BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END",
    ],
    "postgresql": [
        "DROP TRIGGER deliveries_moves ON deliveries",
        "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
        f" FOR EACH ROW WHEN ({FORBIDDEN}) EXECUTE FUNCTION deliveries_moves()",
    ],
}

FOREVER = {
    "sqlite": [
        f"CREATE TRIGGER {table}_stays_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'nothing is changed in {table}'); END"
        for table in ("audit_log", "audit_heads")
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        statement
        for table in ("audit_log", "audit_heads")
        for statement in (
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
            f" integrity_constraint_violation USING MESSAGE = 'nothing is changed in {table}'; END $$",
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" EXECUTE FUNCTION {table}_stays()",
        )
    ],
}


def upgrade() -> None:
    # As the columns' own constraints: SQLite adds no others to a table that is there.
    op.execute(
        "ALTER TABLE extensions ADD COLUMN when_uncertain TEXT DEFAULT 'hold' NOT NULL"
        " CONSTRAINT ck_extensions_when_uncertain CHECK (when_uncertain IN ('ask', 'hold', 'resend'))"
    )
    op.execute(
        "ALTER TABLE deliveries ADD COLUMN decision TEXT"
        " CONSTRAINT ck_deliveries_decision CHECK (decision IN ('arrived', 'not_arrived', 'wanted'))"
    )
    op.execute("ALTER TABLE deliveries ADD COLUMN decided_at TEXT")
    op.create_table(
        "page_evidence",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("call_number", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("coding", sa.Text(), nullable=False),
        sa.Column("ecm", sa.Integer(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bits_per_second", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_per_metre", sa.Integer(), nullable=False),
        sa.Column("row_bits", sa.Integer(), nullable=False),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("repeat_requests", sa.Integer(), nullable=False),
        sa.Column("blocks_resent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id", "call_number"],
            ["calls.delivery_id", "calls.number"],
            name="fk_page_evidence_delivery_id_call_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "call_number", "page", name="pk_page_evidence"),
        sa.CheckConstraint("page >= 0", name="ck_page_evidence_page"),
        sa.CheckConstraint("ecm IN (0, 1)", name="ck_page_evidence_ecm"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_page_evidence_sha256"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("actor_id", sa.Integer()),
        sa.Column("app_id", sa.Integer()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
        sa.CheckConstraint("id > 0", name="ck_audit_log_id"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_audit_log_sha256"),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_log_account_id_id", "audit_log", ["account_id", "id"])
    op.create_table(
        "audit_heads",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_audit_heads"),
        sqlite_strict=True,
    )
    dialect = op.get_bind().dialect.name
    for statement in (*MOVES[dialect], *FOREVER[dialect]):
        op.execute(statement)
