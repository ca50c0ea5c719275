"""A service that is at work: what it says of itself, and what its processes have written down."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import httpx

from unifax.cli.doctor.findings import Code, Finding
from unifax.here import Layout
from unifax.model.errors import UnifaxError
from unifax.model.trunk import Sighting
from unifax.settings import Settings
from unifax.store import executors, trunks
from unifax.store.db import open_database

DENIED = frozenset({401, 403, 407})
"What a server says to a name or a password that it does not take (RFC 3261 22)."
PATIENCE_SECONDS = 20.0


def look_at_service(layout: Layout, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at a service that is at work in the folder."""
    yield from _look_at_readiness(settings)
    try:
        with closing(open_database(layout.data, settings.database.url)) as db:
            roles = Counter(db.read(executors.executors_of, settings.host.name).values())
            seen = db.read(trunks.sightings, now)
    except UnifaxError as error:
        yield Finding(Code.DATABASE, settings.database.url.partition("@")[2] or str(layout.data), str(error))
        return
    for role, wanted in (("prepare", 1), ("line", settings.line.processes)):
        if roles[role] < wanted:
            yield Finding(Code.PROCESS_MISSING, role, f"{roles[role]} of {wanted} are at work on this host")
    yield from look_at_trunks(settings, seen)


def _look_at_readiness(settings: Settings) -> Iterator[Finding]:
    try:
        answer = httpx.get(f"http://{settings.web.listen}/readyz", timeout=PATIENCE_SECONDS)
    except httpx.HTTPError as error:
        yield Finding(Code.PORT_CLOSED, f"web.listen {settings.web.listen}", f"no answer: {error}")
        return
    if not answer.is_success:
        yield Finding(Code.NOT_READY, "readyz", answer.json()["error"]["message"])


def look_at_trunks(settings: Settings, seen: list[Sighting]) -> Iterator[Finding]:
    """Look at what is known of the servers of trunks. One server that answers is enough for a trunk."""
    for name, trunk in settings.trunks.items():
        of = [each for each in seen if each.trunk == name]
        denied = [each for each in of if each.status in DENIED and each.registered_until is None]
        if trunk.registers and denied:
            words = f"{denied[0].server} answers {denied[0].status}: it does not take our name or password"
            yield Finding(Code.TRUNK_PASSWORD, f"trunks.{name}", words)
        elif of and all(each.is_up is False or each.status in (None, 408) for each in of):
            servers = ", ".join(each.server for each in of)
            yield Finding(Code.TRUNK_SILENT, f"trunks.{name}", f"no server answers: {servers}")
