"""What must have live work now is found without a look at all that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    open_ones = sa.text("state IN ('calling', 'preparing', 'waiting')")
    op.create_index(
        "ix_deliveries_work",
        "deliveries",
        ["state", "next_call_at", "id"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
