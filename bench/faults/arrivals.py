"""What arrived at the far machine, beside what the service says of it: page by page, pixel by pixel."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.faults.clients import OURS
from unifax.client import Client, Fax, Recipient
from unifax.client.shapes import Call
from unifax.documents.pages import DamagedPages, read_pages
from unifax.here import Layout
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome


@dataclass(slots=True)
class Found:
    """What was found of all recipients."""

    false_sent: int = 0
    "Called sent, and not every page is there."
    false_confirmed: int = 0
    "Pages that a call is said to have brought, and that are not there."
    again_after_a_cut: int = 0
    "Pages that arrived twice: the first call was cut off before its confirmation came, and says so."
    again_unmarked: int = 0
    "Pages that arrived twice although the first call had confirmed them, or whose last one may have been the last."
    overlapping: int = 0
    "Calls to a number while another call to it was up."


def found_of(faxes: Iterable[Fax], client: Client, data: Path) -> Found:
    """Compare all that arrived with all that is said of it."""
    found, layout, kept_faxes = Found(), Layout(data), list(faxes)
    file = data / "looked-at.tif"
    inbox = set[bytes]()
    for received in client.inbox():
        client.received_document(received.id, file)
        inbox.update(_pages(file))
    for fax in kept_faxes:
        if fax.document is None:
            continue
        client.document(fax.id, file)
        sent = list(_pages(file))
        for recipient in fax.recipients:
            if recipient.number.startswith(OURS):
                _look_into_inbox(found, sent, recipient, inbox)
            else:
                _look_at_machine(found, sent, recipient, layout)
    found.overlapping = _overlapping(kept_faxes)
    return found


def _look_at_machine(found: Found, sent: Sequence[bytes], recipient: Recipient, layout: Layout) -> None:
    arrived: dict[int, Call] = {}
    confirmed = 0
    for call in recipient.calls:
        received = _received(layout, recipient, call)
        if received[: call.pages_confirmed] != sent[confirmed : confirmed + call.pages_confirmed]:
            found.false_confirmed += 1
            print(f"false confirmation: {recipient.number} call {call.number}, {call.call_id}")
        for page, pixels in enumerate(received, confirmed):
            if page >= len(sent) or pixels != sent[page]:
                continue  # cut off in the middle
            if (first := arrived.setdefault(page, call)) is not call:
                is_marked = first.outcome is Outcome.UNCERTAIN if page == len(sent) - 1 else True
                if is_marked and page >= confirmed:
                    found.again_after_a_cut += 1
                else:
                    found.again_unmarked += 1
                    print(f"page {page + 1} twice: {recipient.number} calls {first.call_id}, {call.call_id}")
        confirmed += call.pages_confirmed
    if recipient.state is DeliveryState.SENT and (confirmed != len(sent) or arrived.keys() != set(range(len(sent)))):
        found.false_sent += 1
        print(f"false sent: {recipient.number}: {recipient.calls}")


def _look_into_inbox(found: Found, sent: Sequence[bytes], recipient: Recipient, inbox: set[bytes]) -> None:
    confirmed = sum(call.pages_confirmed for call in recipient.calls)
    missing = set(sent[:confirmed]) - inbox
    found.false_confirmed += len(missing)
    if missing:
        print(f"not in the inbox: {len(missing)} of {confirmed} pages to {recipient.number}: {recipient.calls}")
    found.false_sent += recipient.state is DeliveryState.SENT and (bool(missing) or confirmed != len(sent))


def _received(layout: Layout, recipient: Recipient, call: Call) -> list[bytes]:
    pages: list[bytes] = []
    if call.call_id is not None:
        with suppress(OSError, DamagedPages):
            pages.extend(_pages(layout.received(recipient.number, call.call_id)))
    return pages


def _pages(file: Path) -> Iterator[bytes]:
    """Yield the pages of a file, each as a hash of all there is of it."""
    for page in read_pages(file):
        yield hashlib.sha256(b"%d %d " % (page.width, page.rows) + page.bits).digest()


def _overlapping(faxes: Iterable[Fax]) -> int:
    """Return how many calls began while another one to the same number was up, as the service knows it."""
    spans = sorted(
        (recipient.number, call.started_at, call.ended_at)
        for fax in faxes
        for recipient in fax.recipients
        for call in recipient.calls
        if call.started_at is not None and call.ended_at is not None
    )
    return sum(one[0] == other[0] and one[2] > other[1] for one, other in pairwise(spans))


def states(faxes: Iterable[Fax]) -> Counter[str]:
    """Return how many recipients are in each state."""
    return Counter(recipient.state.value for fax in faxes for recipient in fax.recipients)
