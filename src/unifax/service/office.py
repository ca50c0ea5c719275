"""Everything that stands behind the counter of the web: one value, made once by the role that serves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from unifax.service.following import Following
from unifax.service.hooks import Hooks
from unifax.service.passwords import Passwords
from unifax.service.previewing import Previewing
from unifax.service.rates import Rates
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.retention import Retention
from unifax.service.sending import Sending
from unifax.service.uploading import Uploading
from unifax.store.blobs import Blobs
from unifax.store.db import Database
from unifax.work.queue import Queue


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
    channels: Mapping[str, int]
    "Calls at once, by trunk."
    metrics_token: str = ""
    "What has to be shown for the metrics; without it, only this machine is answered."
    public_url: str = ""
    "How Apps reach us, when that is not how their requests say: `https://fax.example`."
