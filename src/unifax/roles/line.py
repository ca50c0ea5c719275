"""Makes calls."""

import logging
import random

from unifax.documents.coarser import coarsen
from unifax.here import Layout, now
from unifax.line.lookout import LOOK_SECONDS, Lookout
from unifax.line.trunk import Patience, Trunks
from unifax.model.trunk import TrunkTerms
from unifax.roles.parts import opened, traced
from unifax.roles.sighting import SIGHT_SECONDS, Sightings
from unifax.roles.trunks import exchange_for, gate_of, records_of, trunk_of
from unifax.roles.working import Chore, work
from unifax.service.delivery import Caller
from unifax.service.fitting import Fitting
from unifax.settings import Settings
from unifax.store.calls import open_trunks
from unifax.wire.datagram import Address
from unifax.work.executor import Listen, Pulse
from unifax.work.jobs import CALL, trunk_queue
from unifax.work.liveness import Lease

log = logging.getLogger(__name__)

HEED_SECONDS = 0.5
"How long a call goes on, at most, after its sender has cancelled it."


async def run(settings: Settings, layout: Layout) -> None:
    line = settings.line
    configured = settings.all_trunks()
    routes = settings.routes()
    with opened(layout, settings) as parts, traced(settings, "line") as traces:
        gate = gate_of(settings.trunks)
        async with exchange_for(settings, Address(line.address, 0), gate) as exchange:
            trunks = Trunks(
                exchange,
                {name: trunk_of(trunk) for name, trunk in configured.items()},
                Patience(line.ring_seconds, line.negotiation_seconds),
                records=records_of(line),
            )
            lookout = Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, watches=True, found=gate.lead_to)
            await lookout.look()
            policy = settings.retry_policy()
            lease = Lease(Pulse().limit_seconds)
            caller = Caller(
                parts.db,
                parts.queue,
                parts.blobs,
                policy,
                {name: TrunkTerms(trunk.t38, trunk.channels) for name, trunk in configured.items()},
                routes.ways,
                Fitting(trunks.dial, coarsen, parts.blobs).dial,
                trunks.end,
                now,
                random.random,
                lease.holds,
                traces,
            )
            listens = [
                Listen(trunk_queue(name), at_once=trunk.channels, per_second=trunk.calls_per_second)
                for name, trunk in configured.items()
            ]
            # What waits for a trunk that is gone from the settings is heard, too, or it would wait for ever: its calls
            # end at once, with no route. It is not sent another way: from the sandbox, say, to a real number.
            gone = await parts.db.aread(open_trunks) - configured.keys()
            for name in sorted(gone):
                log.warning("faxes wait for trunk %s, which is not in the settings: they will fail", name)
                listens.append(Listen(trunk_queue(name)))
            sightings = Sightings(parts.db, exchange, lookout, f"line.{parts.host}", now)
            chores = [
                Chore(HEED_SECONDS, caller.heed),
                Chore(LOOK_SECONDS, lookout.look),
                Chore(SIGHT_SECONDS, sightings.tell),
            ]
            patience = line.drain_seconds
            await work(parts, "line", {CALL: caller.call}, listens, trunks.hang_up, chores, patience, lease)
            await sightings.end()
