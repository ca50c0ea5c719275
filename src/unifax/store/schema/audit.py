"""Who did what, each row chained to the one before it. No row is ever changed or removed: triggers see to that."""

from collections.abc import Sequence

from sqlalchemy import DDL, CheckConstraint, Column, Index, Integer, Table, Text, event

from unifax.store.schema.base import Instant, metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3: one that is missing is seen
    Column("at", Instant, nullable=False),
    Column("account_id", Integer),  # whose tree it concerns; none: the installation. No key: accounts may be removed
    Column("actor_id", Integer),  # the account that did it; none: the service itself, or a stranger
    Column("app_id", Integer),  # by which App
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),  # what it was done to
    Column("facts", Text, nullable=False),  # JSON
    Column("sha256", Text, nullable=False),  # of this row and the one before it (model.audit)
    CheckConstraint("id > 0", name="id"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    Index("ix_audit_log_account_id_id", "account_id", "id"),
    Index("ix_audit_log_action_id", "action", "id"),
    sqlite_strict=True,
)

audit_heads = Table(  # signed: whoever cuts the end off the log must cut these off, too
    "audit_heads",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=False),
    Column("signed_at", Instant, nullable=False),
    Column("jws", Text, nullable=False),
    sqlite_strict=True,
)


def forever(table: str, dialect: str) -> Sequence[str]:
    """Return the statements that keep the rows of a table as they are, in the SQL of an engine."""
    name = f"{table}_stays"
    if dialect == "sqlite":
        told = f"BEGIN SELECT RAISE(ABORT, 'nothing is changed in {table}'); END"
        return [
            f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} {told}" for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
        f" integrity_constraint_violation USING MESSAGE = 'nothing is changed in {table}'; END $$",
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION {name}()",
    ]


for _table in (audit_log, audit_heads):
    for _dialect in ("sqlite", "postgresql"):
        for _statement in forever(_table.name, _dialect):
            _made = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
            event.listen(_table, "after_create", _made.execute_if(dialect=_dialect))
