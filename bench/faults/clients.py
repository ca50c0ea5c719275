"""Clients that send faxes without pause, whether the service is up or not. Must not know: what is done to it."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faxes import dense_page, write_fax
from unifax.client import Client, ClientError

CLIENTS = 3
PAUSE_SECONDS = 1.5
"Between two posts of a client, at most."
PATIENCE_SECONDS = 20.0
NUMBERS = 20
"Of each kind: few, so that faxes meet at them."
RECEIVES, LOSES_CONFIRMATION, BUSY = "88", "09", "01"
"How numbers of the sandbox end, by what they do."
OURS = "888"
"How numbers begin that lead over a trunk back to the service itself."
OUR_NUMBER = "15550210"


@dataclass(slots=True)
class Promises:
    """What the clients were told."""

    accepted: list[str] = field(default_factory=list)
    not_accepted: int = 0


@contextmanager
def sending(folder: Path, url: str, token: str, seed: int, promises: Promises, ours: bool) -> Iterator[None]:
    """Send until this is left: one page or some, to a recipient or two; to `ours`, too, if that is wanted."""
    over = threading.Event()
    threads = [
        threading.Thread(
            target=_send, args=(folder / f"client-{n}", url, token, seed * CLIENTS + n, promises, over, ours)
        )
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _send(file: Path, url: str, token: str, seed: int, promises: Promises, over: threading.Event, ours: bool) -> None:
    chance = random.Random(seed)
    with Client(url, token, "0003*210", patience_seconds=PATIENCE_SECONDS) as client:
        while not over.wait(chance.uniform(0.0, PAUSE_SECONDS)):
            try:
                promises.accepted.append(client.send([_document(file, chance)], list(_numbers(chance, ours))).id)
            except ClientError:
                promises.not_accepted += 1


def _document(file: Path, chance: random.Random) -> Path:
    """Write a document that no other is like."""
    number = chance.getrandbits(60)
    if chance.random() < 0.5:
        file.write_text(f"This is fax {number}.\n")
        return file
    return write_fax(file, [dense_page(number % (1 << 30) + page) for page in range(chance.randint(1, 3))])


def _numbers(chance: random.Random, ours: bool) -> Iterator[str]:
    kinds = [RECEIVES, RECEIVES, RECEIVES, LOSES_CONFIRMATION, BUSY, *([OURS] * 2 if ours else [])]
    for kind in chance.sample(kinds, chance.randint(1, 2)):
        number = f"{chance.randrange(NUMBERS):02}"
        yield f"{OURS}{number}" if kind == OURS else f"777{number}{kind}"
