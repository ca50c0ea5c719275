"""The tables, and the promises the database itself keeps. Must not know: how rows are read or written.

Kinds and states are CHECKs here (outcomes are not: their list grows). A delivery's move that is not in
`model.fax.MOVES` is refused by a trigger. One number is never called twice at once, by a partial unique index.
`migrations/` builds the same schema step by step, and a test compares the two.
"""

from unifax.store.schema.audit import audit_heads, audit_log
from unifax.store.schema.base import Instant, metadata
from unifax.store.schema.calling import (
    call_records,
    calls,
    destinations,
    executors,
    manners,
    page_evidence,
    sip_counts,
    trunk_health,
)
from unifax.store.schema.faxes import deliveries, fax_files, faxes, keys, page_reports, uploads
from unifax.store.schema.finding import contact_words, contacts, fax_words, inbox_words
from unifax.store.schema.keeping import deletions
from unifax.store.schema.mailing import mails
from unifax.store.schema.people import accounts, apps, codes, dids, extensions, sessions, tokens
from unifax.store.schema.receiving import inbox, inbox_records, missed_calls, receptions
from unifax.store.schema.sharing import key_prints
from unifax.store.schema.telling import events, hooks, notices
from unifax.store.schema.watching import tallies

__all__ = [
    "Instant",
    "accounts",
    "apps",
    "audit_heads",
    "audit_log",
    "call_records",
    "calls",
    "codes",
    "contact_words",
    "contacts",
    "deletions",
    "deliveries",
    "destinations",
    "dids",
    "events",
    "executors",
    "extensions",
    "fax_files",
    "fax_words",
    "faxes",
    "hooks",
    "inbox",
    "inbox_records",
    "inbox_words",
    "key_prints",
    "keys",
    "mails",
    "manners",
    "metadata",
    "missed_calls",
    "notices",
    "page_evidence",
    "page_reports",
    "receptions",
    "sessions",
    "sip_counts",
    "tallies",
    "tokens",
    "trunk_health",
    "uploads",
]
