"""Makes pages."""

from unifax.documents.convert import Converter, Limits
from unifax.here import Layout, now
from unifax.roles.parts import opened
from unifax.roles.working import work
from unifax.service.delivery import Preparer
from unifax.settings import Settings
from unifax.work.executor import Listen
from unifax.work.jobs import PREPARE


async def run(settings: Settings, layout: Layout) -> None:
    with opened(layout) as parts, Converter(Limits(pages=settings.fax.max_pages)) as converter:
        preparer = Preparer(parts.db, parts.queue, parts.blobs, converter.render, now)
        await work(parts, "prepare", {PREPARE: preparer.prepare}, [Listen(PREPARE, here_at_once=2)])
