"""The tables, and the promises the database itself keeps. Must not know: how rows are read or written.

Kinds and states are CHECKs here (outcomes are not: their list grows). A delivery's move that is not in
`model.fax.MOVES` is refused by a trigger. One number is never called twice at once, by a partial unique index.
`migrations/` builds the same schema step by step, and a test compares the two.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.types import TypeDecorator

from unifax.model.accounts import AccountKind
from unifax.model.fax import MOVES, OPEN, DeliveryState


class Instant(TypeDecorator[datetime]):
    """A moment, as ISO 8601 text in UTC with microseconds, so that text order is time order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def _words(of: Iterable[StrEnum]) -> str:
    return ", ".join(f"'{word.value}'" for word in sorted(of))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent_id", Integer, ForeignKey("accounts.id"), index=True),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint(f"kind IN ({_words(AccountKind)})", name="kind"),
    CheckConstraint("(kind = 'administrator') = (parent_id IS NULL)", name="parent"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("number", Text, nullable=False, unique=True),
    Column("short", Text, nullable=False, index=True),
    Column("station_id", Text, nullable=False),
    Column("header_text", Text, nullable=False),
    Column("fax_enabled", Integer, nullable=False),
    CheckConstraint("fax_enabled IN (0, 1)", name="fax_enabled"),
    CheckConstraint("length(station_id) <= 20", name="station_id"),
    CheckConstraint("number LIKE '%*' || short", name="short"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

apps = Table(
    "apps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("secret_sha256", Text, nullable=False),
    Column("trusted", Integer, nullable=False),
    CheckConstraint("trusted IN (0, 1)", name="trusted"),
    CheckConstraint("length(secret_sha256) = 64", name="secret"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("app_id", Integer, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    sqlite_strict=True,
)

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
    CheckConstraint("(document IS NULL) = (pages IS NULL)", name="prepared"),
    CheckConstraint("pages > 0", name="pages"),
    Index("ix_faxes_account_id_id", "account_id", "id"),
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
    UniqueConstraint("fax_id", "position"),
    CheckConstraint(f"state IN ({_words(DeliveryState)})", name="state"),
    CheckConstraint("(trunk IS NULL) <> (extension_id IS NULL)", name="way"),
    CheckConstraint("(state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')", name="sent"),
    CheckConstraint("(state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')", name="uncertain"),
    CheckConstraint("(state = 'waiting') = (next_call_at IS NOT NULL)", name="waiting"),
    CheckConstraint("state <> 'calling' OR calls > 0", name="calling"),
    CheckConstraint("calls >= 0 AND pages_confirmed >= 0", name="counts"),
    Index("ux_deliveries_calling", "number", unique=True, sqlite_where=text("state = 'calling'")),
    Index("ix_deliveries_open", "id", sqlite_where=text(f"state IN ({_words(OPEN)})")),
    sqlite_autoincrement=True,  # an id is never given twice: work in the queue is named after it
    sqlite_strict=True,
)

calls = Table(
    "calls",
    metadata,
    Column("delivery_id", Integer, ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("run", Text, nullable=False),  # who makes this call: reports of anyone else are refused
    Column("first_page", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ringing_at", Instant),
    Column("answered_at", Instant),
    Column("t38_at", Instant),
    Column("last_page_out_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", Text),
    Column("pages_confirmed", Integer, nullable=False),
    Column("sip_status", Integer),
    Column("t30_code", Integer),
    Column("far_station_id", Text),
    Column("bits_per_second", Integer),
    Column("sip_call_id", Text),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("pages_confirmed >= 0 AND first_page >= 0", name="counts"),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
    sqlite_strict=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False),
    Column("fax_id", Integer, ForeignKey("faxes.id")),
    Column("sender", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    CheckConstraint("pages > 0", name="pages"),
    Index("ix_inbox_extension_id_id", "extension_id", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

executors = Table(
    "executors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beats", Integer, nullable=False),
    sqlite_strict=True,
)


def moves_trigger() -> str:
    """Return the SQLite trigger that lets a delivery make only the moves of `MOVES`."""
    allowed = " OR ".join(
        f"(OLD.state = '{left.value}' AND NEW.state IN ({_words(entered)}))"
        for left, entered in MOVES.items()
        if entered
    )
    return (
        "CREATE TRIGGER deliveries_moves BEFORE UPDATE OF state ON deliveries"
        f" WHEN OLD.state <> NEW.state AND NOT ({allowed})"
        " BEGIN SELECT RAISE(ABORT, 'a delivery does not move that way'); END"
    )


_moves = DDL(moves_trigger())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this constructor without types
event.listen(deliveries, "after_create", _moves.execute_if(dialect="sqlite"))
