"""Where each file is kept, beside its hash: files are encrypted, forgotten, and looked for by it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = ("fax_files", "uploads", "faxes", "inbox")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("place", sa.Text()))
        op.create_index(f"ix_{table}_place", table, ["place"])
