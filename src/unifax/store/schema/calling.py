"""Calls to recipients, who makes them, and what they have taught."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from unifax.model.manner import Modem
from unifax.model.paper import Resolution
from unifax.store.schema.base import Instant, metadata, words

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
    CheckConstraint(f"t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ({words(Modem)})", name="manner"),
    CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
    Index("ix_calls_outcome_ended_at", "outcome", "ended_at"),
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

page_evidence = Table(  # of each page that was confirmed in a call (model.evidence)
    "page_evidence",
    metadata,
    Column("delivery_id", Integer, primary_key=True),
    Column("call_number", Integer, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("confirmed_at", Instant, nullable=False),
    Column("answer", Text, nullable=False),
    Column("coding", Text, nullable=False),
    Column("ecm", Integer, nullable=False),
    Column("bits", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bits_per_second", Integer, nullable=False),
    Column("columns", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("rows_per_metre", Integer, nullable=False),
    Column("row_bits", Integer, nullable=False),
    Column("times_sent", Integer, nullable=False),
    Column("repeat_requests", Integer, nullable=False),
    Column("blocks_resent", Integer, nullable=False),
    ForeignKeyConstraint(["delivery_id", "call_number"], ["calls.delivery_id", "calls.number"], ondelete="CASCADE"),
    CheckConstraint("page >= 0", name="page"),
    CheckConstraint("ecm IN (0, 1)", name="ecm"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
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

sip_counts = Table(  # what each process has turned away at its SIP port since it began
    "sip_counts",
    metadata,
    Column("process", Text, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("strangers", Integer, nullable=False),  # datagrams that nobody has read
    Column("knocks", Integer, nullable=False),  # of strangers who were asked for a password
    Column("floods", Integer, nullable=False),  # of strangers who came in too great a number to be asked
    Column("malformed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),  # calls that were not answered
    Column("seen_at", Instant, nullable=False),
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
    Column("far_ecm", Integer),  # this and the next two: what the machine there says it can do
    Column("far_modem", Text),
    Column("far_resolutions", Text),  # words, with spaces between them
    Column("pin_t38", Integer),
    Column("pin_ecm", Integer),
    Column("pin_modem", Text),
    Column("pin_resolution", Text),  # the finest that it is sent
    CheckConstraint("unanswered >= 0", name="unanswered"),
    CheckConstraint(f"far_ecm IN (0, 1) AND far_modem IN ({words(Modem)})", name="far"),
    CheckConstraint(
        "(far_ecm IS NULL) = (far_modem IS NULL) AND (far_ecm IS NULL) = (far_resolutions IS NULL)", name="ability"
    ),
    CheckConstraint(f"pin_t38 IN (0, 1) AND pin_ecm IN (0, 1) AND pin_modem IN ({words(Modem)})", name="pin"),
    CheckConstraint(f"pin_resolution IN ({words(Resolution)})", name="pin_resolution"),
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
    CheckConstraint(f"t38 IN (0, 1) AND ecm IN (0, 1) AND modem IN ({words(Modem)})", name="manner"),
    CheckConstraint("(failed_at IS NULL) = (outcome IS NULL)", name="failed"),
    CheckConstraint("failures >= 0 AND (failures = 0 OR failed_at IS NOT NULL)", name="failures"),
    Index("ix_manners_learnt_at", "learnt_at"),
    sqlite_strict=True,
)

executors = Table(
    "executors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beats", Integer, nullable=False),
    Column("host", Text),
    sqlite_strict=True,
)
