"""Accepts faxes and answers for them."""

import asyncio
import secrets
from datetime import timedelta

import uvicorn

from unifax.documents.convert import Converter
from unifax.documents.convert import Limits as PaperLimits
from unifax.here import Layout, now
from unifax.processes import until_told_to_end
from unifax.roles.parts import opened
from unifax.service.office import Office
from unifax.service.passwords import Passwords
from unifax.service.rates import Quotas, Rates
from unifax.service.sending import Limits, Sending
from unifax.settings import Settings, parse_address
from unifax.web.http1 import Http1
from unifax.web.site import make_site

STAGED = timedelta(hours=1)
"Older than this, a file that no process has put in its place belongs to one that was killed."


async def run(settings: Settings, layout: Layout) -> None:
    fax = settings.fax
    with opened(layout) as parts, Converter(PaperLimits(pages=fax.max_pages)) as converter:
        parts.blobs.clear_staging(now() - STAGED)
        sending = Sending(
            parts.db,
            parts.blobs,
            parts.queue,
            converter.inspect,
            settings.route,
            Limits(fax.max_files, fax.max_recipients, fax.max_bytes, fax.max_pages),
            now,
            lambda: secrets.token_hex(16),
        )
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
        host, port = parse_address(settings.web.listen)
        server = uvicorn.Server(
            uvicorn.Config(
                make_site(Office(parts.db, parts.blobs, parts.queue, sending, Passwords(), now, rates)),
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
            await until_told_to_end()
            server.should_exit = True
            await serving
