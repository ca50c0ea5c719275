"""Which host a process and a call from outside are on, whose share a delivery takes, and which keys all have."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ORGANIZATIONS = """
    UPDATE deliveries SET organization_id = (
        SELECT CASE a.kind WHEN 'user' THEN a.parent_id ELSE a.id END
        FROM faxes f JOIN accounts a ON a.id = f.account_id WHERE f.id = deliveries.fax_id
    ) WHERE state IN ('uploading', 'preparing', 'waiting', 'calling')
"""


def upgrade() -> None:
    op.add_column("executors", sa.Column("host", sa.Text()))
    op.add_column("receptions", sa.Column("host", sa.Text()))
    op.add_column("deliveries", sa.Column("organization_id", sa.Integer()))
    op.execute(ORGANIZATIONS)
    for name, state, columns in (
        ("ix_deliveries_preparing", "preparing", ["organization_id", "id"]),
        ("ix_deliveries_waiting", "waiting", ["organization_id", "trunk", "next_call_at", "id"]),
    ):
        rows = sa.text(f"state = '{state}'")
        op.create_index(name, "deliveries", columns, sqlite_where=rows, postgresql_where=rows)
    op.create_table(
        "key_prints",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("print", sa.Text(), nullable=False),
        sa.CheckConstraint("length(print) = 64", name="ck_key_prints_print"),
        sa.PrimaryKeyConstraint("name", name="pk_key_prints"),
        sqlite_strict=True,
    )
