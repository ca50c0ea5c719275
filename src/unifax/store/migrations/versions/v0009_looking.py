"""What those who run the service look for: calls by how they ended, faxes by when they came, deeds by their kind."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("ix_calls_outcome_ended_at", "calls", ["outcome", "ended_at"])
    op.create_index("ix_faxes_accepted_at", "faxes", ["accepted_at"])
    op.create_index("ix_audit_log_action_id", "audit_log", ["action", "id"])
