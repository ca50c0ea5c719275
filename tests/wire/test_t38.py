"""A fax over T.38 on lines that lose packets one by one or many in a row: what is called sent has arrived."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faxes import dense_page, same_pages, text_fax, text_page, write_fax
from tests.link import Sent
from tests.terminals import HERE, THERE, FaxCall, FaxEnd, receives, sends
from unifax.documents import pages as documents
from unifax.documents.pages import PageWriter
from unifax.model.manner import Modem
from unifax.wire.datagram import Address, Datagram
from unifax.wire.t30 import Frame
from unifax.wire.udptl import spans_of


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


class Stall:
    """An end whose process stands still, from a moment on or once the other has put a question; nothing is lost."""

    def __init__(self, end: FaxEnd, other: FaxEnd, seconds: float, begins: float | None = None) -> None:
        self._end, self._other, self._seconds, self._begins = end, other, seconds, begins
        self._until = 0.0
        self._kept: list[tuple[bytes, Address]] = []

    def receive(self, data: bytes, source: Address, now: float) -> None:
        self._kept.append((data, source))
        self.wake(now)

    def wake(self, now: float) -> None:
        if not self._until and self._has_begun(now):
            self._until = now + self._seconds
        if now >= self._until:
            while self._kept:
                self._end.receive(*self._kept.pop(0), now)
            self._end.wake(now)

    def _has_begun(self, now: float) -> bool:
        if self._begins is not None:
            return now >= self._begins
        return any(frame.name.startswith("PPS") for frame in self._other.all(Frame))

    def next_wake(self) -> float | None:
        wake = self._end.next_wake()
        return None if wake is None else max(wake, self._until)

    def datagrams_to_send(self) -> list[Datagram]:
        return self._end.datagrams_to_send()


@pytest.mark.parametrize("pages", [1, 2])
def test_a_question_that_was_put_twice_before_it_was_heard_is_answered_once(pages: int, tmp_path: Path) -> None:
    document, received = text_fax(tmp_path / "sent.tif", pages, rows=300), tmp_path / "received.tif"
    image: list[Sent] = []

    def loses(sent: Sent) -> bool:
        if sent.source == HERE and len(sent.data) > 60:
            image.append(sent)
        return sent in image[10:16]

    call = FaxCall(sends(document, paced=False), receives(received, paced=False), depth=0, lose=loses)
    call.link.join(Stall(call.receiver, call.sender, 5.5), THERE)
    assert call.run()
    answers = [frame.name for frame in call.receiver.all(Frame) if frame.outgoing]
    assert answers.count("PPR") == 1
    assert call.sender.terminal.all_confirmed
    assert same_pages(document, received)


@pytest.mark.parametrize("begins", [36.5, 37.5, 40.0])
def test_an_end_that_stood_still_hears_what_came_meanwhile_before_its_timers_run_out(
    begins: float, tmp_path: Path
) -> None:
    """As the end of a page comes in, with its question: libspandsp gives a carrier at 300 bit/s three seconds."""
    document, received = write_fax(tmp_path / "sent.tif", [dense_page(1, rows=230)]), tmp_path / "received.tif"
    call = FaxCall(sends(document), receives(received))
    call.link.join(Stall(call.receiver, call.sender, 3.0, begins), THERE)
    assert call.run()
    assert call.sender.terminal.all_confirmed
    assert same_pages(document, received)


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


@pytest.mark.parametrize(
    ("max_datagram", "modem", "depth", "milliseconds"),
    [
        (1400, Modem.V17, 3, 50),
        (400, Modem.V17, 3, 50),
        (380, Modem.V17, 3, 30),
        (200, Modem.V17, 1, 50),
        (72, Modem.V17, 3, 30),
        (200, Modem.V27TER, 3, 50),
    ],
)
def test_a_packet_carries_50_ms_of_a_page_where_its_repetitions_have_room(
    max_datagram: int, modem: Modem, depth: int, milliseconds: int, tmp_path: Path
) -> None:
    document, received = text_fax(tmp_path / "sent.tif", rows=300), tmp_path / "received.tif"
    options = replace(sends(document), modem=modem)
    call = FaxCall(options, receives(received), depth=depth, max_datagram=max_datagram)
    assert call.run()
    assert same_pages(document, received)
    sent = [sent.data for sent in call.link.sent if sent.source == HERE]
    longest = max(end - begin for data in sent for begin, end in spans_of(data).packets)
    assert longest == 5 + milliseconds * modem.bits_per_second // 8000
    assert max(len(data) for data in sent) <= max_datagram


def test_pages_of_several_resolutions_arrive_as_they_are(tmp_path: Path) -> None:
    resolutions = [(204.0, 196.0), (204.0, 391.0), (204.0, 391.0), (204.0, 98.0)]
    for number, dpi in enumerate(resolutions):
        write_fax(tmp_path / f"{number}.tif", [text_page(number)], dpi)
    with open(tmp_path / "sent.tif", "w+b") as file, PageWriter(file.fileno(), len(resolutions)) as writer:
        for number in range(len(resolutions)):
            for page in documents.read_pages(tmp_path / f"{number}.tif"):
                writer.write(page)
    call = FaxCall(sends(tmp_path / "sent.tif"), receives(tmp_path / "received.tif"))
    assert call.run()
    assert same_pages(tmp_path / "sent.tif", tmp_path / "received.tif")
    assert [round(page.y_dpi) for page in documents.read_pages(tmp_path / "received.tif")] == [196, 391, 391, 98]
    assert [frame.name for frame in call.sender.all(Frame)].count("PPS-EOM") == 2, "T.30 begins anew at each change"
