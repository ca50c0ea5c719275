"""Calls from outside, and the faxes that have come."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from unifax.store.schema.base import Instant, index_where, metadata

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
    Column("host", Text),  # where its file is
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
    Column("place", Text, index=True),  # where the document is kept: model.content
    Column("held_at", Instant),  # since when it is held back from deletion
    Column("forgotten_at", Instant),
    Column("turned", Integer, nullable=False, server_default="0"),  # how it is shown: degrees, clockwise
    CheckConstraint("turned IN (0, 90, 180, 270)", name="turned"),
    CheckConstraint("pages > 0 AND bad_rows >= 0", name="pages"),
    CheckConstraint("complete IN (0, 1)", name="complete"),
    CheckConstraint("told IN (0, 1)", name="told"),
    Index("ix_inbox_extension_id_id", "extension_id", "id"),
    index_where("read_at IS NULL", "ix_inbox_unread", "extension_id", "id"),
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

missed_calls = Table(  # calls from outside that have brought no page
    "missed_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("trunk", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("called", Text, nullable=False),
    Column("sip_call_id", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("missed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("blob", LargeBinary),  # as of call_records; none of a call that was refused, or whose process died
    Column("packets", LargeBinary),
    Index("ix_missed_calls_missed_at", "missed_at"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
