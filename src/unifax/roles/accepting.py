"""What accepts faxes, as the settings want it. Must not know: how they come."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence

from unifax.documents.convert import Converter
from unifax.here import Layout, now
from unifax.roles.parts import Parts, files_folder
from unifax.roles.working import Chore
from unifax.service.idempotency import Keys
from unifax.service.limits import Limits
from unifax.service.readiness import LOOK_SECONDS, STORE_LOOK_SECONDS, Crew, Part, Readiness, Store, database
from unifax.service.recipients import Recipients
from unifax.service.sending import Sending
from unifax.settings import Fax, Settings
from unifax.store.room import Room


def sending_of(
    parts: Parts, layout: Layout, settings: Settings, converter: Converter, covers: Mapping[str, str]
) -> tuple[Sending, Sequence[Chore]]:
    """Return what accepts faxes, and looks that keep it informed whether all is there that does the work on them."""
    crew = Crew(parts.db, ["prepare", "line"], asyncio.get_running_loop().time)
    room = Room(files_folder(layout, settings.files), settings.ops.min_free_bytes)
    store = Store(parts.db, parts.blobs)
    readiness = Readiness(
        [
            database(parts.db),
            Part("disk", room.check, room.check),
            store.part(),
            Part("converter", converter.start),
            crew.part("prepare"),
            crew.part("line"),
        ]
    )
    sending = Sending(
        parts.db,
        parts.blobs,
        parts.queue,
        converter.inspect,
        Recipients(settings.numbering_plan(), settings.routes().first, _limits(settings.fax), now),
        now,
        lambda: secrets.token_hex(16),
        Keys(parts.db, now),
        tuple(covers),
        readiness,
    )
    return sending, (Chore(LOOK_SECONDS, crew.look), Chore(STORE_LOOK_SECONDS, store.look))


def _limits(fax: Fax) -> Limits:
    return Limits(
        fax.max_files,
        fax.max_recipients,
        fax.max_bytes,
        fax.max_pages,
        fax.organization_recipients_per_day,
        fax.organization_pages_per_day,
    )
