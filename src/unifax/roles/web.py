"""Accepts faxes and answers for them."""

import asyncio
import logging
from zoneinfo import ZoneInfo

import uvicorn

from unifax.documents.convert import Converter
from unifax.documents.convert import Limits as PaperLimits
from unifax.documents.covers import read_covers
from unifax.here import Layout, now, open_many_files
from unifax.model.errors import Unavailable
from unifax.processes import until_told_to_end
from unifax.roles.accepting import sending_of
from unifax.roles.parts import opened, traced
from unifax.roles.working import Chore, keep_doing
from unifax.service.following import Following
from unifax.service.hooks import Hooks
from unifax.service.office import Office
from unifax.service.passwords import Passwords
from unifax.service.previewing import Previewing
from unifax.service.rates import Quotas, Rates
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.reporting import Reporting
from unifax.service.retention import Retention
from unifax.service.searching import keep_up
from unifax.service.signing import HookKeys
from unifax.service.uploading import Uploading
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.store import tokens
from unifax.store.db import Database
from unifax.web.http1 import Http1
from unifax.web.site import make_site

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600
KEEP_UP_SECONDS = 60.0


async def run(settings: Settings, layout: Layout) -> None:
    open_many_files()
    fax = settings.fax
    covers = read_covers(settings.paper.cover_folder)
    with (
        opened(layout, settings) as parts,
        Converter(PaperLimits(pages=fax.max_pages), covers) as converter,
        traced(settings, "web") as traces,
    ):
        sending, looks = sending_of(parts, layout, settings, converter, covers)
        uploading = Uploading(sending, parts.db, parts.queue, layout.upload_key, now)
        limits = settings.limits
        rates = Rates(
            Quotas(
                limits.app_requests_per_minute,
                limits.account_requests_per_minute,
                limits.app_faxes_per_minute,
                limits.address_refusals_per_minute,
            ),
            now,
        )
        hooks = Hooks(parts.db, parts.queue, HookKeys(layout.hook_key), settings.hooks.networks(), now)
        following = Following(parts.db)
        zone = ZoneInfo(settings.paper.time_zone)
        office = Office(
            db=parts.db,
            blobs=parts.blobs,
            queue=parts.queue,
            sending=sending,
            previewing=Previewing(sending, converter.render, zone),
            passwords=Passwords(),
            clock=now,
            rates=rates,
            uploading=uploading,
            following=following,
            hooks=hooks,
            receipt_keys=ReceiptKeys(layout.receipt_keys),
            retention=Retention(parts.db, parts.queue, parts.blobs, settings.retention.rules(), now),
            reporting=Reporting(parts.db, parts.blobs, converter.report, now, ZoneInfo(settings.paper.time_zone)),
            channels={name: trunk.channels for name, trunk in settings.all_trunks().items()},
            metrics_token=settings.ops.metrics_token,
            public_url=settings.web.public_url,
            zone=zone,
        )
        host, port = parse_address(settings.web.listen)
        server = uvicorn.Server(
            uvicorn.Config(
                make_site(office, traces=traces),
                host=host,
                port=port,
                http=Http1,
                ws="none",
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
            )
        )
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve())
            sweeping = tasks.create_task(_sweep(parts.db))
            waking = tasks.create_task(following.run())
            chores = [*looks, Chore(KEEP_UP_SECONDS, lambda: keep_up(parts.db))]
            beside = [tasks.create_task(keep_doing(each)) for each in chores]
            await until_told_to_end()
            waking.cancel()  # who follows would otherwise keep the server from ending
            server.should_exit = True
            await serving
            sweeping.cancel()
            for each in beside:
                each.cancel()


async def _sweep(db: Database) -> None:
    """Forget tokens, codes and sessions that have expired, now and every hour. They are good for nothing anyway."""
    while True:
        try:
            forgotten = await db.awrite(tokens.sweep, now())
        except Unavailable as error:
            log.warning("nothing swept: %s", error)
        else:
            log.info("swept %d tokens, codes and sessions", forgotten)
        await asyncio.sleep(SWEEP_SECONDS)
