"""The demonstration: an App of our own sends a fax through the whole service and compares the pages, pixel by pixel.

It runs the service as `unifax serve` does, with shorter pauses between calls; nothing on the way knows of it.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from unifax.app import Service
from unifax.client import Client, Fax, Recipient
from unifax.documents.pages import Page, read_pages, write_png
from unifax.here import Layout
from unifax.model.fax import DeliveryState
from unifax.settings import Settings

Say = Callable[[str], None]

EXAMPLE_TYPE = "multipart/form-data; boundary=------------325343636"
EXAMPLE = "\r\n".join(
    (
        "------------325343636--------",
        'Content-Disposition:form-data; name="files"; filename="/path/to/file/fax.txt"',
        "Content-Type;application/octet-stream",
        " ",
        "This is my fax",
        "------------325343636",
        'Content-Disposition:form-data; name="request";',
        "{",
        '  "recipients":["7778888"]',
        "}",
        "------------325343636",
    )
).encode()
"The documented example, byte for byte as printed: `This is my fax`, to 7778888."


async def demonstrate(settings: Settings, data: Path, files: Sequence[Path], to: Sequence[str], say: Say) -> bool:
    """Send `files` (the documented example if there are none) to the numbers `to`, and follow each to its end.

    Return whether at least one recipient was sent the fax, and every received page equals the sent page.
    """
    say(f"Service on an empty folder: {data}")
    async with Service(settings, data) as service:
        assert service.first_accounts is not None  # the folder is new
        with Client(service.url, service.first_accounts.token, service.first_accounts.extension) as client:
            return await asyncio.to_thread(_act, client, service.layout, files, to, say)


def _act(client: Client, layout: Layout, files: Sequence[Path], to: Sequence[str], say: Say) -> bool:
    began = time.perf_counter()
    if files:
        accepted = client.send(files, to)
    else:
        accepted = client.send_bytes(EXAMPLE.replace(b'["7778888"]', json.dumps(to).encode()), EXAMPLE_TYPE)
    say(f"accepted: id {accepted.id}, uid {accepted.uid}")
    told: set[str] = set()
    for fax in client.watch(accepted.id):
        for line in _facts(fax):
            if line not in told:
                told.add(line)
                say(line)
    say(f"{fax.state}, {time.perf_counter() - began:.1f} s after the POST")
    return _compare(client, fax, layout, say)


def _facts(fax: Fax) -> Iterator[str]:
    if fax.pages is not None:
        yield f"pages prepared: {fax.pages}"
    for recipient in fax.recipients:
        yield from _recipient_facts(recipient, fax.pages)


def _recipient_facts(recipient: Recipient, pages: int | None) -> Iterator[str]:
    confirmed = 0
    for call in recipient.calls:
        who = f"{recipient.number}, call {call.number}"
        yield f"{who}: calling"
        steps: tuple[tuple[datetime | None, str], ...] = (
            (call.ringing_at, "ringing"),
            (call.answered_at, "answered"),
            (call.t38_at, "T.38 agreed"),
        )
        for at, step in steps:
            if at is not None:
                yield f"{who}: {step}"
        for _ in range(call.pages_confirmed):
            confirmed += 1
            yield f"{who}: page {confirmed} of {pages} confirmed"
        if call.outcome is not None:
            yield f"{who}: over, {call.outcome}"
    if not recipient.is_open:
        yield f"{recipient.number}: {recipient.state}" + (f", {recipient.reason.text}" if recipient.reason else "")


def _compare(client: Client, fax: Fax, layout: Layout, say: Say) -> bool:
    """Hold every page the machine has received against the page we sent."""
    if fax.document is None:
        return False
    sent = layout.data / "sent.tif"
    client.document(fax.id, sent)
    say(f"sent TIFF      {sent}")
    arrived = [recipient for recipient in fax.recipients if recipient.state is DeliveryState.SENT]
    verdicts = [_same(recipient, sent, layout, say) for recipient in arrived]
    return bool(verdicts) and all(verdicts)


def _same(recipient: Recipient, sent: Path, layout: Layout, say: Say) -> bool:
    received = [
        layout.received(recipient.number, call.call_id)
        for call in recipient.calls
        if call.call_id and call.pages_confirmed
    ]
    pages = [page for file in received for page in read_pages(file)]
    for file in received:
        picture = file.with_suffix(".png")
        write_png(file, 1, picture)
        say(f"received TIFF  {file}")
        say(f"received page  {picture}")
    differing = [number for number, (a, b) in enumerate(zip_longest(read_pages(sent), pages), 1) if not _equal(a, b)]
    say(
        f"{recipient.number}: "
        + (f"pages {differing} differ" if differing else f"{len(pages)} of {len(pages)} pages equal, pixel by pixel")
    )
    return not differing


def _equal(a: Page | None, b: Page | None) -> bool:
    return a is not None and b is not None and (a.width, a.rows, a.bits) == (b.width, b.rows, b.bits)
