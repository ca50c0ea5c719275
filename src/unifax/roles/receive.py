"""Answers calls from outside, and tells registrars where that is."""

import asyncio
import logging
import secrets
from dataclasses import dataclass

from unifax.here import Layout, now
from unifax.line.answering import Answering
from unifax.line.dns import names_for
from unifax.line.exchange import Exchange
from unifax.line.gate import Gate
from unifax.line.health import Servers
from unifax.line.lookout import LOOK_SECONDS, Lookout
from unifax.processes import told_to_end
from unifax.roles.parts import opened
from unifax.roles.sighting import SIGHT_SECONDS, Counts, Sightings
from unifax.roles.trunks import exchange_for, gate_of, records_of, trunk_of
from unifax.roles.turn import Turn
from unifax.roles.working import Chore, keep_doing
from unifax.service.receiving import Receiving
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.wire.datagram import Address

log = logging.getLogger(__name__)

TURN_SECONDS = 0.1
"So often we look whether the process before us has ended."
TALLY_SECONDS = 60.0


@dataclass
class Tally:
    """What was not answered, for the log."""

    exchange: Exchange
    answering: Answering
    gate: Gate
    _told: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    def counted(self) -> tuple[int, int, int, int, int]:
        """Return strangers, knocks, floods, malformed and refused, since this process began."""
        station, gate = self.exchange.station, self.gate
        return station.strangers, gate.asked, gate.unasked, station.malformed, self.answering.refused

    async def tell(self) -> None:
        """Log what is new since the last time, if anything is."""
        counted = self.counted()
        new = [count - told for count, told in zip(counted, self._told, strict=True)]
        self._told = counted
        if any(new):
            log.info(
                "strangers: %d datagrams, %d asked for a password, %d too many; malformed: %d; calls refused: %d", *new
            )


async def run(settings: Settings, layout: Layout) -> None:
    trunks = {name: trunk_of(trunk) for name, trunk in settings.trunks.items()}
    gate = gate_of(settings.trunks, secrets.token_bytes(32))
    with opened(layout, settings) as parts, Turn(layout.receiver_lock) as turn:
        while not turn.is_ours():  # noqa: ASYNC110  # the kernel sets no event
            await asyncio.sleep(TURN_SECONDS)
        channels = {name: trunk.channels for name, trunk in settings.trunks.items()}
        receiving = Receiving(parts.db, parts.queue, parts.blobs, layout.incoming, channels, now, parts.host)
        await receiving.keep_what_was_left()
        async with asyncio.TaskGroup() as tasks:
            answering = Answering(
                trunks,
                gate,
                settings.line.incoming_calls,
                receiving.admit,
                receiving.keep_page,
                receiving.settle,
                tasks,
                records=records_of(settings.line),
            )
            address = Address(*parse_address(settings.line.incoming_address))
            async with exchange_for(settings, address, gate, answering.invited) as answering.exchange:
                log.info("calls are answered at %s", answering.exchange.address)
                names = names_for(answering.exchange)
                lookout = Lookout(answering.exchange, trunks, Servers(), names, registers=True, found=gate.lead_to)
                await lookout.look()
                tally = Tally(answering.exchange, answering, gate)
                chores = [Chore(TALLY_SECONDS, tally.tell), Chore(LOOK_SECONDS, lookout.look)]
                whose = f"receive.{parts.host}"
                sightings = Sightings(parts.db, answering.exchange, lookout, whose, now)
                counts = Counts(parts.db, whose, tally.counted, now)
                chores += [Chore(SIGHT_SECONDS, sightings.tell), Chore(SIGHT_SECONDS, counts.tell)]
                beside = [tasks.create_task(keep_doing(chore)) for chore in chores]
                async with told_to_end() as end:
                    await end.asked.wait()
                    answering.close()
                    finished, at_once = (asyncio.ensure_future(it) for it in (answering.ended(), end.at_once.wait()))
                    patience = settings.line.drain_seconds if end.patience_seconds is None else end.patience_seconds
                    await asyncio.wait({finished, at_once}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                    at_once.cancel()
                for task in beside:
                    task.cancel()
                answering.hang_up()
                await finished
                await lookout.leave()
                await sightings.end()
                await counts.end()
