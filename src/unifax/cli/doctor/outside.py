"""Servers of others, asked as the service asks them: of trunks while no service is at work, and the mail server."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import timedelta

import aiosmtplib

from unifax.cli.doctor.findings import Code, Finding
from unifax.cli.doctor.service import look_at_trunks
from unifax.here import now
from unifax.line.dns import names_for
from unifax.line.health import Servers
from unifax.line.lookout import Lookout
from unifax.model.trunk import Sighting
from unifax.roles.mailing import smarthost_of
from unifax.roles.trunks import exchange_for, gate_of, trunk_of
from unifax.settings import Settings
from unifax.wire.datagram import Address

PATIENCE_SECONDS = 8.0
"How long servers of trunks may take to answer."
MAIL_PATIENCE_SECONDS = 20.0


async def ask_trunks(settings: Settings, patience_seconds: float = PATIENCE_SECONDS) -> Sequence[Finding]:
    """Ask the servers of all trunks whether they are there, and register where that is wanted; then leave."""
    if not settings.trunks:
        return []
    seen = await _sightings(settings, patience_seconds)
    named = {each.trunk for each in seen}
    nowhere = [
        Finding(Code.TRUNK_NAME, f"trunks.{name}", f"{', '.join(trunk.server)} leads to no server")
        for name, trunk in settings.trunks.items()
        if name not in named and (trunk.keep_alive_seconds or trunk.registers)
    ]
    return [*nowhere, *look_at_trunks(settings, seen)]


async def _sightings(settings: Settings, patience_seconds: float) -> list[Sighting]:
    trunks = {name: trunk_of(trunk) for name, trunk in settings.trunks.items()}
    address = Address(settings.line.address, 0)
    async with exchange_for(settings, address, gate_of(settings.trunks)) as exchange:
        zero = now() - timedelta(seconds=exchange.now())
        names = names_for(exchange)
        # By two, as the service has it: what is said to OPTIONS does not hide what is said to REGISTER.
        watching = Lookout(exchange, trunks, Servers(), names, watches=True)
        registering = Lookout(exchange, trunks, Servers(), names, registers=True)
        await asyncio.gather(watching.look(), registering.look())
        until = exchange.now() + patience_seconds
        while exchange.now() < until:
            watched, registered = watching.sightings(zero), registering.sightings(zero)
            if {each.trunk for each in watched} >= trunks.keys() and all(map(_has_answered, registered)):
                break
            await asyncio.sleep(0.1)
        seen = [*watching.sightings(zero), *registering.sightings(zero)]
        if any(each.registered_until for each in seen):
            await registering.leave()
        return seen


def _has_answered(sighting: Sighting) -> bool:
    return sighting.registered_until is not None or sighting.status not in (None, 200)


async def ask_mail(settings: Settings) -> Sequence[Finding]:
    """Ask the mail server whether it takes our name and password."""
    smarthost = smarthost_of(settings.mail)
    if smarthost is None:
        return []
    try:
        async with asyncio.timeout(MAIL_PATIENCE_SECONDS):
            await smarthost.check()
    except aiosmtplib.SMTPAuthenticationError as error:
        return [Finding(Code.MAIL_PASSWORD, settings.mail.smtp, f"it answers {error.code} {error.message}")]
    except (aiosmtplib.SMTPException, ssl.SSLError, OSError) as error:
        return [Finding(Code.MAIL_SERVER, settings.mail.smtp, str(error) or "it does not answer in time")]
    return []
