"""What happened, and who is told."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from unifax.model.event import EventKind
from unifax.store.schema.base import Instant, index_where, metadata, words

events = Table(  # what happened to faxes, in order; kept for those who follow, and to be told again
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False),
    Column("fax_id", Integer, ForeignKey("faxes.id", ondelete="CASCADE")),
    Column("inbox_id", Integer, ForeignKey("inbox.id", ondelete="CASCADE")),
    Column("position", Integer),
    Column("at", Instant, nullable=False),
    Column("facts", Text, nullable=False),  # JSON
    CheckConstraint(f"kind IN ({words(EventKind)})", name="kind"),
    CheckConstraint("(kind = 'received') = (inbox_id IS NOT NULL)", name="received"),
    CheckConstraint("(kind IN ('recipient', 'progress')) = (position IS NOT NULL)", name="recipient"),
    Index("ix_events_extension_id_id", "extension_id", "id"),
    Index("ix_events_fax_id_id", "fax_id", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

hooks = Table(  # who wants to be told
    "hooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("type", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("method", Integer, nullable=False),
    Column("status", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("secret", Integer, nullable=False),  # how often its secret was changed; the secret itself is derived
    Column("rotated_at", Instant),  # when it was changed last
    Column("modified_at", Instant, nullable=False),
    CheckConstraint("type IN (0, 1, 2)", name="type"),
    CheckConstraint("method IN (0, 1, 2)", name="method"),
    CheckConstraint("status IN (0, 1)", name="status"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

notices = Table(  # one event to be told to one hook
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hook_id", Integer, ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Integer, ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
    Column("replay", Integer, nullable=False),  # 0, then 1 and on each time it was asked to be told again
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("work", Integer, nullable=False),  # serial of the work that may tell it; older work is stale
    Column("next_try_at", Instant),
    Column("tried_at", Instant),
    Column("http_status", Integer),
    Column("trouble", Text),  # why the last try failed, in a few words
    UniqueConstraint("hook_id", "event_id", "replay"),
    CheckConstraint("state IN ('waiting', 'told', 'given_up')", name="state"),
    CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="waiting"),
    index_where("state = 'waiting'", "ix_notices_waiting", "next_try_at"),
    Index("ix_notices_event_id", "event_id"),
    Index("ix_notices_hook_id_id", "hook_id", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
