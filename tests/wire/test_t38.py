"""A fax over T.38 on lines that lose packets one by one or many in a row: what is called sent has arrived."""

import random
from pathlib import Path

import pytest

from tests.faxes import same_pages, text_fax
from tests.link import Sent
from tests.terminals import FaxCall, receives, sends
from unifax.wire.datagram import Address


class Bursts:
    """A line that loses a share of the packets of each side, in bursts of so many on average (Gilbert's model)."""

    def __init__(self, share: float, mean: float, seed: int) -> None:
        self._rng = random.Random(seed)
        self._ends = 1 / mean
        self._begins = share * self._ends / (1 - share)
        self._bad: set[Address] = set()

    def loses(self, sent: Sent) -> bool:
        stays = self._rng.random() >= self._ends if sent.source in self._bad else self._rng.random() < self._begins
        (self._bad.add if stays else self._bad.discard)(sent.source)
        return stays


@pytest.mark.parametrize(
    ("loss", "burst", "calls", "at_least"),
    [(0.0, 1, 2, 2), (0.02, 1, 5, 5), (0.05, 1, 5, 5), (0.1, 1, 5, 5), (0.05, 3, 10, 8)],
)
def test_as_many_faxes_arrive_as_were_measured(
    loss: float, burst: int, calls: int, at_least: int, tmp_path: Path
) -> None:
    document = text_fax(tmp_path / "sent.tif", rows=400)
    sent = 0
    for seed in range(calls):
        received = tmp_path / f"{seed}.tif"
        call = FaxCall(sends(document), receives(received), lose=Bursts(loss, burst, seed).loses)
        call.run()
        if call.sender.terminal.all_confirmed:
            sent += 1
            assert same_pages(document, received)
    assert sent >= at_least
