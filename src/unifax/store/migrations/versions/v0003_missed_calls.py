"""Calls from outside that brought no page, what is turned away at the SIP port, and the finest pages of a number."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "missed_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("sip_call_id", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("missed_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blob", sa.LargeBinary()),
        sa.Column("packets", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_missed_calls"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("ix_missed_calls_missed_at", "missed_calls", ["missed_at"])
    op.create_table(
        "sip_counts",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("strangers", sa.Integer(), nullable=False),
        sa.Column("knocks", sa.Integer(), nullable=False),
        sa.Column("floods", sa.Integer(), nullable=False),
        sa.Column("malformed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("process", name="pk_sip_counts"),
        sqlite_strict=True,
    )
    op.execute(
        "ALTER TABLE destinations ADD COLUMN pin_resolution TEXT CONSTRAINT ck_destinations_pin_resolution"
        " CHECK (pin_resolution IN ('300', '400', 'fine', 'standard', 'superfine'))"
    )
