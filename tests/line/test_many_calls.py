"""Many calls at once between two stations, on a made-up clock: each page arrives as it was sent."""

import random
from itertools import count
from pathlib import Path

from tests.faxes import same_pages, text_fax
from tests.phones import receiving, sending
from unifax.line.call import Call, Over
from unifax.line.plan import Plan
from unifax.line.station import Station
from unifax.model.call import CallReport, Milestone, Progress
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address
from unifax.wire.t30 import PageReceived

CALLS = 100
TICK_SECONDS = 0.02


class Office:
    """A station of many calls, that does at once what a line process does once a fact is on disk."""

    def __init__(self, host: str) -> None:
        numbers, self._ports = count(), count(4000, 2)
        self.host = host
        self.sip = Address(host, 5060)
        self.reports: dict[Call, CallReport] = {}
        self.station = Station(
            self.sip, user_agent="test", token=lambda: f"{host[-1]}{next(numbers)}", chance=random.Random(1).random
        )

    def media(self) -> Address:
        return Address(self.host, next(self._ports))

    def settle(self, now: float) -> None:
        for call, event in self.station.events():
            match event:
                case Over(report=report):
                    self.reports[call] = report
                    self.station.forget(call)
                case Progress(milestone=Milestone.LAST_PAGE_OUT) | PageReceived():
                    self.station.release(call, now)
                case _:
                    pass


def exchange(offices: dict[str, Office], now: float) -> None:
    """Carry what they send to each other, until nothing is left to say at this moment."""
    flying = True
    while flying:
        flying = False
        for office in offices.values():
            office.settle(now)
            for outgoing in office.station.datagrams_to_send():
                data, destination = outgoing.datagram
                offices[destination.host].station.receive(destination, data, outgoing.local, now)
                flying = True


def test_a_hundred_calls_at_once_arrive_page_for_page(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "sent.tif", rows=100)
    ours, theirs = Office("10.0.0.1"), Office("10.0.0.2")
    offices = {office.host: office for office in (ours, theirs)}
    kept: list[Path] = []
    now = 0.0
    for number in range(CALLS):
        ours.station.place(str(number), theirs.sip, "210", Plan(sending(document)), ours.media(), now)
    most = 0
    while len(ours.reports) < CALLS:
        now += TICK_SECONDS
        assert now < 120
        for office in offices.values():
            office.station.wake(now)
        exchange(offices, now)
        for invited in theirs.station.invited():
            kept.append(tmp_path / f"{invited.called}.tif")
            theirs.station.take(invited, Plan(receiving(kept[-1]), offer_after_seconds=0.1), theirs.media(), now)
        most = max(most, len(theirs.station.calls))
    assert most == len(set(kept)) == CALLS
    assert {report.outcome for report in ours.reports.values()} == {Outcome.SENT}
    assert all(same_pages(document, each) for each in kept)
    assert not ours.station.calls
