"""The client of the HTTP API: `Client`, and `AsyncClient` for asyncio. It knows nothing of the service's inside.

with Client("http://127.0.0.1:8080", App(key, secret), "0003*210") as client:
    fax = client.send([Path("letter.pdf")], ["7778888"])
"""

from unifax.client.api import PATIENCE_SECONDS, App
from unifax.client.awaiting import AsyncClient
from unifax.client.blocking import Client
from unifax.client.calling import Hook, HookMethod, HookType
from unifax.client.errors import ApiError, ClientError, Misunderstood, Unreachable
from unifax.client.outbox import Paper, Terms
from unifax.client.shapes import (
    Accepted,
    Advice,
    Call,
    Covers,
    Entry,
    Fax,
    FaxPage,
    Preview,
    PreviewPage,
    Received,
    Recipient,
    Transcript,
)

__all__ = [
    "PATIENCE_SECONDS",
    "Accepted",
    "Advice",
    "ApiError",
    "App",
    "AsyncClient",
    "Call",
    "Client",
    "ClientError",
    "Covers",
    "Entry",
    "Fax",
    "FaxPage",
    "Hook",
    "HookMethod",
    "HookType",
    "Misunderstood",
    "Paper",
    "Preview",
    "PreviewPage",
    "Received",
    "Recipient",
    "Terms",
    "Transcript",
    "Unreachable",
]
