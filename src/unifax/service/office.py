"""Everything that stands behind the counter of the web: one value, made once by the role that serves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Concatenate, ParamSpec, TypeVar

from unifax.model.accounts import Viewer
from unifax.model.audit import Action, Facts
from unifax.service import auditing
from unifax.service.following import Following
from unifax.service.hooks import Hooks
from unifax.service.passwords import Passwords
from unifax.service.previewing import Previewing
from unifax.service.rates import Rates
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.reporting import Reporting
from unifax.service.retention import Retention
from unifax.service.sending import Sending
from unifax.service.uploading import Uploading
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.work.queue import Queue

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    """What routes are given to answer with."""

    db: Database
    blobs: Blobs
    queue: Queue
    sending: Sending
    previewing: Previewing
    passwords: Passwords
    clock: Callable[[], datetime]
    rates: Rates
    uploading: Uploading
    following: Following
    hooks: Hooks
    receipt_keys: ReceiptKeys
    retention: Retention
    reporting: Reporting
    channels: Mapping[str, int]
    "Calls at once, by trunk."
    metrics_token: str = ""
    "What has to be shown for the metrics; without it, only this machine is answered."
    public_url: str = ""
    "How Apps reach us, when that is not how their requests say: `https://fax.example`."
    zone: tzinfo = UTC
    "What people are told the time in."

    async def act(
        self,
        viewer: Viewer,
        action: Action,
        do: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do in one transaction what somebody asks for, and write it down in the audit log.

        It is about what `do` returns (`auditing.about`). Raises as `do` does, and as `Database.write`.
        """
        done = auditing.deed(viewer, self.clock(), action)
        return await self.db.awrite(auditing.noting, done, do, *args, **kwargs)

    async def act_on(
        self,
        viewer: Viewer,
        action: Action,
        subject: str,
        do: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do the same, about something that `do` does not return."""
        done = auditing.deed(viewer, self.clock(), action, subject)
        return await self.db.awrite(auditing.noting, done, do, *args, **kwargs)

    async def note(self, viewer: Viewer, action: Action, thing: object, facts: Facts = auditing.NOTHING) -> None:
        """Write down that somebody has done something that changes nothing else, like reading."""
        done = auditing.deed(viewer, self.clock(), action, facts=facts)
        await self.db.awrite(auditing.noting, done, lambda conn: thing)
