"""Which trace a fax belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("faxes", sa.Column("trace", sa.Text()))
