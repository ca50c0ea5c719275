"""Makes pages."""

from unifax.documents.convert import Converter, Limits
from unifax.here import Layout, now
from unifax.roles.parts import opened
from unifax.roles.working import Chore, work
from unifax.service.delivery import Preparer
from unifax.service.idempotency import Keys
from unifax.settings import Settings
from unifax.work.executor import Listen
from unifax.work.jobs import HAND_OVER, PREPARE

GIVE_UP_SECONDS = 5.0
"How long a fax may seem to wait after its time is up. No call begins in that time."
FORGET_SECONDS = 3600.0


async def run(settings: Settings, layout: Layout) -> None:
    with opened(layout) as parts, Converter(Limits(pages=settings.fax.max_pages)) as converter:
        preparer = Preparer(parts.db, parts.queue, parts.blobs, converter.render, now)
        works = {PREPARE: preparer.prepare, HAND_OVER: preparer.hand_over}
        chores = [
            Chore(GIVE_UP_SECONDS, preparer.give_up),
            Chore(FORGET_SECONDS, Keys(parts.db, now).forget),
            Chore(FORGET_SECONDS, preparer.forget_uploads),
        ]
        await work(parts, "prepare", works, [Listen(PREPARE, here_at_once=2)], chores=chores)
