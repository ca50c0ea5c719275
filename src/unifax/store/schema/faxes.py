"""What is sent: faxes, their files and recipients, and what was promised of them."""

from collections.abc import Sequence

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from unifax.model.evidence import Decision
from unifax.model.fax import MOVES, OPEN, DeliveryState, FaxState
from unifax.store.schema.base import Instant, index_where, metadata, words

faxes = Table(
    "faxes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("work", Integer, nullable=False),  # serial of the work that may prepare it; older work is stale
    Column("document", Text),
    Column("pages", Integer),
    Column("state", Text, nullable=False),  # what `store.events.settle` made of its deliveries
    Column("priority", Integer, nullable=False),  # 1 is most urgent
    Column("send_after", Instant),
    Column("give_up_at", Instant),
    Column("paper", Text),  # JSON: how its pages are to be made, if its sender said anything about it
    Column("place", Text, index=True),  # where its document is kept: model.content
    Column("keep_days", Integer, nullable=False, server_default="0"),  # what its sender wants; 0: as others
    Column("label", Text),
    Column("held_at", Instant),  # since when its content is held back from deletion
    Column("forgotten_at", Instant),
    Column("forwards", Integer),  # the received fax whose pages these are
    Column("trace", Text),  # W3C traceparent of the request that brought it; what is done for it later is part of that
    Column("reply_to", Text, nullable=False, server_default=""),  # who sent it by mail, and is told how it ends
    CheckConstraint("(document IS NULL) = (pages IS NULL)", name="prepared"),
    CheckConstraint("pages > 0", name="pages"),
    CheckConstraint(f"state IN ({words(FaxState)})", name="state"),
    CheckConstraint("priority > 0", name="priority"),
    CheckConstraint("send_after IS NULL OR give_up_at IS NULL OR send_after < give_up_at", name="times"),
    Index("ix_faxes_account_id_id", "account_id", "id"),
    Index("ix_faxes_extension_id_id", "extension_id", "id"),
    Index("ix_faxes_extension_id_state_id", "extension_id", "state", "id"),
    Index("ix_faxes_accepted_at", "accepted_at"),
    index_where("forwards IS NOT NULL", "ix_faxes_forwards", "forwards"),
    index_where("give_up_at IS NOT NULL", "ix_faxes_give_up_at", "give_up_at"),
    sqlite_autoincrement=True,  # an id is never given twice: work in the queue is named after it
    sqlite_strict=True,
)

fax_files = Table(
    "fax_files",
    metadata,
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("place", Text, index=True),
    sqlite_strict=True,
)

page_reports = Table(  # what became of the pages of a fax
    "page_reports",
    metadata,
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE"), primary_key=True),
    Column("reports", Text, nullable=False),  # JSON: a list
    sqlite_strict=True,
)

uploads = Table(  # files of a fax that are to come, or have come, each by a PUT of its own (v5)
    "uploads",
    metadata,
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("bytes", Integer, nullable=False),  # as announced
    Column("sha256", Text),  # likewise, if it was
    Column("expires_at", Instant, nullable=False),
    Column("kind", Text),
    Column("blob", Text),
    Column("pages", Integer),
    Column("place", Text, index=True),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("bytes >= 0", name="bytes"),
    CheckConstraint("(blob IS NULL) = (kind IS NULL) AND (blob IS NULL) = (pages IS NULL)", name="come"),
    Index("ix_uploads_expires_at", "expires_at"),
    sqlite_strict=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("trunk", Text),
    Column("extension_id", Integer, ForeignKey("extensions.id")),
    Column("state", Text, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("work", Integer, nullable=False),  # serial of the work that may call; older work is stale
    Column("pages_confirmed", Integer, nullable=False),
    Column("outcome", Text),
    Column("next_call_at", Instant),
    Column("calls_before", Integer, nullable=False),  # calls made before it was last sent again
    Column("cancel_at", Instant),  # when its sender asked for the end of the call that is up
    Column("told", Text),  # the state that `store.events.settle` told last
    Column("decision", Text),  # of an uncertain one: what somebody is to say, or has said, of it
    Column("decided_at", Instant),
    Column("organization_id", Integer),  # whose share of the lines it takes
    UniqueConstraint("fax_id", "position"),
    CheckConstraint(f"decision IN ({words(Decision)})", name="decision"),
    CheckConstraint(f"state IN ({words(DeliveryState)})", name="state"),
    CheckConstraint("(trunk IS NULL) <> (extension_id IS NULL)", name="way"),
    CheckConstraint("(state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')", name="sent"),
    CheckConstraint("(state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')", name="uncertain"),
    CheckConstraint("(state = 'waiting') = (next_call_at IS NOT NULL)", name="waiting"),
    CheckConstraint("state <> 'calling' OR calls > 0", name="calling"),
    CheckConstraint("calls >= calls_before AND calls_before >= 0 AND pages_confirmed >= 0", name="counts"),
    CheckConstraint("cancel_at IS NULL OR state = 'calling'", name="cancel"),
    Index("ix_deliveries_number", "number", "fax_id"),
    index_where("cancel_at IS NOT NULL", "ix_deliveries_cancel", "id"),
    index_where("state = 'calling'", "ux_deliveries_calling", "number", unique=True),
    index_where(f"state IN ({words(OPEN)})", "ix_deliveries_open", "id"),
    index_where(f"state IN ({words(OPEN)})", "ix_deliveries_work", "state", "next_call_at", "id"),
    index_where("state = 'preparing'", "ix_deliveries_preparing", "organization_id", "id"),
    index_where("state = 'waiting'", "ix_deliveries_waiting", "organization_id", "trunk", "next_call_at", "id"),
    sqlite_autoincrement=True,  # an id is never given twice: work in the queue is named after it
    sqlite_strict=True,
)

keys = Table(  # Idempotency-Keys, and what was answered
    "keys",
    metadata,
    Column("whose", Text, primary_key=True),  # an App, or an account whose owner has signed in
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),  # SHA-256 of what was asked, hex
    Column("answer", Text, nullable=False),  # the JSON of the 200
    Column("answered_at", Instant, nullable=False),
    CheckConstraint("length(request) = 64", name="request"),
    Index("ix_keys_answered_at", "answered_at"),
    sqlite_strict=True,
)


def moves_trigger(dialect: str) -> Sequence[str]:
    """Return the statements that let a delivery make only the moves of `MOVES`, in the SQL of an engine."""
    allowed = " OR ".join(
        f"(OLD.state = '{left.value}' AND NEW.state IN ({words(entered)}))"
        for left, entered in MOVES.items()
        if entered
    )
    forbidden = f"OLD.state <> NEW.state AND NOT ({allowed})"
    update = "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
    if dialect == "sqlite":
        return [f"{update} WHEN {forbidden} BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END"]
    return [
        "CREATE FUNCTION deliveries_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
        " integrity_constraint_violation USING MESSAGE = 'a delivery does not move that way'; END $$",
        f"{update} FOR EACH ROW WHEN ({forbidden}) EXECUTE FUNCTION deliveries_moves()",
    ]


for _dialect in ("sqlite", "postgresql"):
    for _statement in moves_trigger(_dialect):
        _made = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
        event.listen(deliveries, "after_create", _made.execute_if(dialect=_dialect))
