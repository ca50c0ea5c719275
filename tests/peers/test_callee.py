"""What carriers do with our calls, played by sipp: our trunks and our exchange on real sockets, no fax needed."""

import asyncio
from pathlib import Path

import pytest

from tests.faxes import text_fax
from tests.line.switchboard import LOOPBACK, forget, order
from tests.peers.sipp import answering
from unifax.line.exchange import Exchange
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.call import CallReport
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Transport
from unifax.wire.sip.digest import Credentials


def dial(
    scenario: str,
    folder: Path,
    *,
    ring_seconds: float = 5.0,
    password: str = "secret",
    transport: Transport = Transport.UDP,
) -> CallReport:
    """Make one call to a server that plays a scenario; fails unless it went as the scenario says."""
    document = text_fax(folder / "sent.tif")

    async def go() -> CallReport:
        async with answering(scenario, folder, transport=transport) as server, Exchange(LOOPBACK, tcp=True) as exchange:
            trunk = Trunk([server], credentials=Credentials("fax", password))
            trunks = Trunks(exchange, {"far": trunk}, Patience(ring_seconds=ring_seconds))
            return await trunks.dial(order(document), forget)

    return asyncio.run(go())


@pytest.mark.parametrize(
    "scenario",
    [
        *("challenges_401", "challenges_407", "stale_nonce"),
        *("declines_t38", "glare", "offers_late"),
        *("session_timer", "reliable_ringing", "forks"),
    ],
)
def test_a_call_goes_on_until_they_hang_up(scenario: str, tmp_path: Path) -> None:
    report = dial(scenario, tmp_path)
    assert report.outcome in (Outcome.NOT_A_FAX, Outcome.DROPPED)
    assert report.sip_status is None


@pytest.mark.parametrize("scenario", ["challenges_401", "session_timer", "forks", "reliable_ringing"])
def test_a_call_over_tcp_goes_the_same_way(scenario: str, tmp_path: Path) -> None:
    assert dial(scenario, tmp_path, transport=Transport.TCP).outcome in (Outcome.NOT_A_FAX, Outcome.DROPPED)


@pytest.mark.parametrize("scenario", ["cancelled", "answers_in_the_cancel"])
def test_a_call_that_rings_too_long_is_cancelled(scenario: str, tmp_path: Path) -> None:
    assert dial(scenario, tmp_path, ring_seconds=0.2).outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("scenario", "status", "outcome"),
    [
        ("wrong_password", 401, Outcome.NOT_AUTHORIZED),
        ("redirects", 486, Outcome.BUSY),
        ("redirects_elsewhere", 302, Outcome.REFUSED),
    ],
)
def test_a_call_that_is_refused_says_so(scenario: str, status: int, outcome: Outcome, tmp_path: Path) -> None:
    report = dial(scenario, tmp_path, password="wrong")
    assert (report.sip_status, report.outcome) == (status, outcome)


def test_a_server_without_room_says_when_to_try_again(tmp_path: Path) -> None:
    report = dial("no_room", tmp_path)
    assert (report.outcome, report.retry_after_seconds) == (Outcome.CONGESTION, 7)
