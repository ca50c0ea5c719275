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
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.types import TypeDecorator

from unifax.model.accounts import AccountKind
from unifax.model.event import EventKind
from unifax.model.fax import MOVES, OPEN, DeliveryState, FaxState
from unifax.model.manner import Modem


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
    Column("login", Text, unique=True),
    Column("password", Text),  # as argon2 writes it; none: nobody signs in
    Column("enabled", Integer, nullable=False),
    Column("region", Text),  # where its numbers are written, ISO 3166-1; none: as above it
    Column("created_at", Instant, nullable=False),
    CheckConstraint("enabled IN (0, 1)", name="enabled"),
    CheckConstraint("region IS NULL OR length(region) = 2", name="region"),
    CheckConstraint("password IS NULL OR password LIKE '$argon2id$%'", name="password"),
    CheckConstraint(f"kind IN ({_words(AccountKind)})", name="kind"),
    CheckConstraint("(kind = 'administrator') = (parent_id IS NULL)", name="parent"),
    UniqueConstraint("parent_id", "name"),
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
    Column("resume", Integer, nullable=False),  # after a call that was cut off: go on, or begin again
    Column("max_calls", Integer, nullable=False),  # that may come in for it at once
    CheckConstraint("fax_enabled IN (0, 1)", name="fax_enabled"),
    CheckConstraint("resume IN (0, 1)", name="resume"),
    CheckConstraint("max_calls >= 0", name="max_calls"),
    CheckConstraint("length(station_id) <= 20", name="station_id"),
    CheckConstraint("number LIKE '%*' || short", name="short"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

dids = Table(  # telephone numbers that extensions are called by from outside
    "dids",
    metadata,
    Column("number", Text, primary_key=True),  # as `model.incoming.parse_did` has it
    Column("extension_id", Integer, ForeignKey("extensions.id", ondelete="CASCADE"), nullable=False, index=True),
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
    Column("trusted", Integer, nullable=False),  # may ask for a token without anybody's consent
    Column("enabled", Integer, nullable=False),
    Column("redirect_uris", Text, nullable=False),  # separated by spaces, as in RFC 7591 2
    CheckConstraint("enabled IN (0, 1)", name="enabled"),
    CheckConstraint("trusted IN (0, 1)", name="trusted"),
    CheckConstraint("length(secret_sha256) = 64", name="secret"),
    UniqueConstraint("account_id", "name"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("consent", Text, nullable=False),  # one grant and all that was made of it: revoked together
    Column("app_id", Integer, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),  # a refresh token is used once; a second time means that somebody stole it
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
    Index("ix_tokens_consent", "consent"),
    Index("ix_tokens_expires_at", "expires_at"),
    sqlite_strict=True,
)

codes = Table(  # of RFC 6749 4.1.2, waiting to be exchanged
    "codes",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("consent", Text, nullable=False),
    Column("app_id", Integer, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text),
    Column("challenge_method", Text),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("(challenge IS NULL) = (challenge_method IS NULL)", name="challenge"),
    Index("ix_codes_expires_at", "expires_at"),
    sqlite_strict=True,
)

sessions = Table(  # people who have signed in
    "sessions",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    Index("ix_sessions_expires_at", "expires_at"),
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
    Column("state", Text, nullable=False),  # what `store.events.settle` made of its deliveries
    Column("priority", Integer, nullable=False),  # 1 is most urgent
    Column("send_after", Instant),
    Column("give_up_at", Instant),
    CheckConstraint("(document IS NULL) = (pages IS NULL)", name="prepared"),
    CheckConstraint("pages > 0", name="pages"),
    CheckConstraint(f"state IN ({_words(FaxState)})", name="state"),
    CheckConstraint("priority > 0", name="priority"),
    CheckConstraint("send_after IS NULL OR give_up_at IS NULL OR send_after < give_up_at", name="times"),
    Index("ix_faxes_account_id_id", "account_id", "id"),
    Index("ix_faxes_extension_id_id", "extension_id", "id"),
    Index("ix_faxes_give_up_at", "give_up_at", sqlite_where=text("give_up_at IS NOT NULL")),
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
    UniqueConstraint("fax_id", "position"),
    CheckConstraint(f"state IN ({_words(DeliveryState)})", name="state"),
    CheckConstraint("(trunk IS NULL) <> (extension_id IS NULL)", name="way"),
    CheckConstraint("(state = 'sent') = (outcome IS NOT NULL AND outcome = 'sent')", name="sent"),
    CheckConstraint("(state = 'uncertain') = (outcome IS NOT NULL AND outcome = 'uncertain')", name="uncertain"),
    CheckConstraint("(state = 'waiting') = (next_call_at IS NOT NULL)", name="waiting"),
    CheckConstraint("state <> 'calling' OR calls > 0", name="calling"),
    CheckConstraint("calls >= calls_before AND calls_before >= 0 AND pages_confirmed >= 0", name="counts"),
    CheckConstraint("cancel_at IS NULL OR state = 'calling'", name="cancel"),
    Index("ix_deliveries_number", "number", "fax_id"),
    Index("ix_deliveries_cancel", "id", sqlite_where=text("cancel_at IS NOT NULL")),
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
    Column("t38", Integer, nullable=False),  # this and the next two: its manner
    Column("ecm", Integer, nullable=False),
    Column("modem", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ringing_at", Instant),
    Column("answered_at", Instant),
    Column("t38_at", Instant),
    Column("last_page_out_at", Instant),
    Column("ended_at", Instant),
    Column("outcome", Text),
    Column("passed_on", Integer, nullable=False),  # the trunk failed, and another was asked at once
    Column("pages_confirmed", Integer, nullable=False),
    Column("sip_status", Integer),
    Column("t30_code", Integer),
    Column("media", Text),
    Column("far_station_id", Text),
    Column("bits_per_second", Integer),
    Column("sip_call_id", Text),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("pages_confirmed >= 0 AND first_page >= 0", name="counts"),
    CheckConstraint("passed_on IN (0, 1)", name="passed_on"),
    CheckConstraint(f"t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ({_words(Modem)})", name="manner"),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
    sqlite_strict=True,
)

call_records = Table(  # the transcripts of calls
    "call_records",
    metadata,
    Column("delivery_id", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("blob", LargeBinary, nullable=False),  # model.transcript.packed
    Column("packets", LargeBinary),  # a gzipped pcap, if packets are recorded
    Column("bytes", Integer, nullable=False),
    ForeignKeyConstraint(["delivery_id", "number"], ["calls.delivery_id", "calls.number"], ondelete="CASCADE"),
    CheckConstraint("bytes = length(blob) + coalesce(length(packets), 0)", name="bytes"),
    Index("ix_call_records_kept_at", "kept_at"),
    sqlite_strict=True,
)

trunk_health = Table(  # what each process knows of the servers of trunks
    "trunk_health",
    metadata,
    Column("process", Text, primary_key=True),
    Column("trunk", Text, primary_key=True),
    Column("server", Text, primary_key=True),
    Column("is_up", Integer),  # none: this process does not ask it
    Column("since", Instant),
    Column("status", Integer),
    Column("registered_until", Instant),
    Column("seen_at", Instant, nullable=False),
    CheckConstraint("is_up IN (0, 1)", name="is_up"),
    CheckConstraint("(is_up IS NULL) = (since IS NULL)", name="since"),
    sqlite_strict=True,
)

destinations = Table(  # numbers that were called, or that somebody has pinned to a manner
    "destinations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("unanswered", Integer, nullable=False),  # calls in a row that nobody answered
    Column("tried_at", Instant),
    Column("far_station_id", Text),
    Column("far_ecm", Integer),  # this and the next: what the machine there says it can do
    Column("far_modem", Text),
    Column("pin_t38", Integer),
    Column("pin_ecm", Integer),
    Column("pin_modem", Text),
    CheckConstraint("unanswered >= 0", name="unanswered"),
    CheckConstraint(f"far_ecm IN (0, 1) AND far_modem IN ({_words(Modem)})", name="far"),
    CheckConstraint("(far_ecm IS NULL) = (far_modem IS NULL)", name="ability"),
    CheckConstraint(f"pin_t38 IN (0, 1) AND pin_ecm IN (0, 1) AND pin_modem IN ({_words(Modem)})", name="pin"),
    Index("ix_destinations_tried_at", "tried_at"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

manners = Table(  # how calls to a number went, by trunk and by the manner in which they were to send
    "manners",
    metadata,
    Column("destination_id", Integer, ForeignKey("destinations.id", ondelete="CASCADE"), primary_key=True),
    Column("trunk", Text, primary_key=True),
    Column("t38", Integer, primary_key=True),
    Column("ecm", Integer, primary_key=True),
    Column("modem", Text, primary_key=True),
    Column("learnt_at", Instant, nullable=False),
    Column("worked_at", Instant),
    Column("failed_at", Instant),
    Column("failures", Integer, nullable=False),  # in a row, since it last worked
    Column("outcome", Text),  # of the last failure
    Column("media", Text),  # how the fax of the last failure went
    Column("bits_per_second", Integer),
    CheckConstraint(f"t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ({_words(Modem)})", name="manner"),
    CheckConstraint("(failed_at IS NULL) = (outcome IS NULL)", name="failed"),
    CheckConstraint("failures >= 0 AND (failures = 0 OR failed_at IS NOT NULL)", name="failures"),
    Index("ix_manners_learnt_at", "learnt_at"),
    sqlite_strict=True,
)

receptions = Table(  # calls that come in and are up; what a crash leaves here is kept at the next start
    "receptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False, index=True),
    Column("trunk", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("called", Text, nullable=False),
    Column("sip_call_id", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("pages", Integer, nullable=False),  # on disk, and confirmed or about to be
    Column("complete", Integer, nullable=False),
    Column("far_station_id", Text),
    Column("bits_per_second", Integer),
    Column("bad_rows", Integer, nullable=False),
    CheckConstraint("complete IN (0, 1)", name="complete"),
    CheckConstraint("pages >= 0 AND bad_rows >= 0", name="counts"),
    sqlite_autoincrement=True,  # an id is never given twice: the file of a call is named after it
    sqlite_strict=True,
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extension_id", Integer, ForeignKey("extensions.id"), nullable=False),
    Column("fax_id", Integer, ForeignKey("faxes.id")),  # of an extension of ours; else it came by a call
    Column("sender", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("complete", Integer, nullable=False),  # the call was not cut off before its last page
    Column("called", Text),  # the number that was dialled
    Column("far_station_id", Text),
    Column("bits_per_second", Integer),
    Column("bad_rows", Integer, nullable=False),
    Column("sip_call_id", Text),
    Column("received_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("told", Integer, nullable=False),
    CheckConstraint("pages > 0 AND bad_rows >= 0", name="pages"),
    CheckConstraint("complete IN (0, 1)", name="complete"),
    CheckConstraint("told IN (0, 1)", name="told"),
    Index("ix_inbox_extension_id_id", "extension_id", "id"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

inbox_records = Table(  # the transcripts of calls that have brought a fax
    "inbox_records",
    metadata,
    Column("inbox_id", Integer, ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True),
    Column("kept_at", Instant, nullable=False),
    Column("blob", LargeBinary, nullable=False),  # as of call_records
    Column("packets", LargeBinary),
    Index("ix_inbox_records_kept_at", "kept_at"),
    sqlite_strict=True,
)

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
    CheckConstraint(f"kind IN ({_words(EventKind)})", name="kind"),
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
    Index("ix_notices_waiting", "next_try_at", sqlite_where=text("state = 'waiting'")),
    Index("ix_notices_event_id", "event_id"),
    Index("ix_notices_hook_id_id", "hook_id", "id"),
    sqlite_autoincrement=True,
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
