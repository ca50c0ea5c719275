"""What is counted for those who watch the service."""

import sqlalchemy as sa
from alembic import op

from unifax.store.schema.base import Seconds

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("seconds", Seconds, nullable=False),
        sa.PrimaryKeyConstraint("what", "trunk", "outcome", name="pk_tallies"),
        sa.CheckConstraint("times >= 0 AND pages >= 0 AND seconds >= 0", name="ck_tallies_counts"),
        sqlite_strict=True,
    )
