"""Makes pages, tells hooks, and sends mail."""

import random
from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from unifax.documents.convert import Converter, Limits
from unifax.documents.covers import read_covers
from unifax.here import Layout, now
from unifax.roles.mailing import letterhead_of, smarthost_of
from unifax.roles.parts import opened, traced
from unifax.roles.working import Chore, work
from unifax.service.auditing import Heads
from unifax.service.delivery import Preparer
from unifax.service.destinations import Forgetting
from unifax.service.idempotency import Keys
from unifax.service.notify import Memory, Notifier
from unifax.service.outward import Outward
from unifax.service.posting import Poster
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.recording import Records
from unifax.service.reporting import Reporting
from unifax.service.retention import Retention
from unifax.service.signing import HookKeys
from unifax.settings import Settings
from unifax.work.executor import Listen, Perform
from unifax.work.jobs import FORGET, HAND_OVER, MAIL, NOTIFY, PREPARE

GIVE_UP_SECONDS = 5.0
"How long a fax may seem to wait after its time is up. No call begins in that time."
FORGET_SECONDS = 3600.0
HEAD_SECONDS = 60.0
"What is cut off the audit log before it was signed is not missed."

MAILS_AT_ONCE = 2
"Each holds its document in memory, twice."
NOTICES_AT_ONCE = 32
NOTICES_OF_A_HOOK_AT_ONCE = 4
"So that a receiver that is slow holds up its own notices only."


async def run(settings: Settings, layout: Layout) -> None:
    covers = read_covers(settings.paper.cover_folder)
    with (
        opened(layout, settings) as parts,
        Converter(Limits(pages=settings.fax.max_pages), covers) as converter,
        traced(settings, "prepare") as traces,
    ):
        zone = ZoneInfo(settings.paper.time_zone)
        preparer = Preparer(parts.db, parts.queue, parts.blobs, converter.render, now, zone, traces)
        outward = Outward(settings.hooks.networks(), now)
        hook_keys = HookKeys(layout.hook_key)
        notifier = Notifier(parts.db, parts.queue, hook_keys, outward.send, now, random.random, traces)
        forgetting = Forgetting(parts.db, settings.line.remember_days, now)
        memory = Memory(parts.db, settings.hooks.keep_days, now)
        retention = Retention(parts.db, parts.queue, parts.blobs, settings.retention.rules(), now)
        reporting = Reporting(parts.db, parts.blobs, converter.report, now, zone)
        smarthost = smarthost_of(settings.mail)
        poster = Poster(
            parts.db,
            parts.queue,
            parts.blobs,
            reporting,
            letterhead_of(settings),
            None if smarthost is None else smarthost.send,
            settings.mail.max_bytes,
            now,
            random.random,
        )
        await retention.begin()
        works: Mapping[str, Perform] = {
            PREPARE: preparer.prepare,
            HAND_OVER: preparer.hand_over,
            NOTIFY: notifier.notify,
            MAIL: poster.post,
            FORGET: retention.daily,
        }
        listens = [
            Listen(PREPARE, here_at_once=2),
            Listen(FORGET, here_at_once=1),
            Listen(MAIL, here_at_once=MAILS_AT_ONCE),
            Listen(NOTIFY, here_at_once=NOTICES_AT_ONCE, each_here_at_once=NOTICES_OF_A_HOOK_AT_ONCE),
        ]
        mails_kept = timedelta(days=settings.hooks.keep_days)
        chores = [
            Chore(GIVE_UP_SECONDS, preparer.give_up),
            Chore(FORGET_SECONDS, Keys(parts.db, now).forget),
            Chore(HEAD_SECONDS, Heads(parts.db, ReceiptKeys(layout.receipt_keys), now).sign),
            Chore(FORGET_SECONDS, preparer.forget_uploads),
            Chore(FORGET_SECONDS, memory.forget),
            Chore(FORGET_SECONDS, lambda: poster.forget(mails_kept)),
            Chore(FORGET_SECONDS, forgetting.forget),
            Chore(FORGET_SECONDS, Records(parts.db, settings.line.keep_transcripts_days, now).forget),
        ]
        await work(parts, "prepare", works, listens, chores=chores)
