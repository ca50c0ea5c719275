"""Faults: the whole service, clients that post without pause, and processes killed at random moments.

Every fax that was answered 200 must come to an end; of those called sent, every page must be in what the fax machine
kept. A figure other than 0 in the columns `lost`, `open` and `false sent` is a bug.
"""

import random
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import psutil

from bench.table import show
from tests.e2e.running import Running, running
from tests.faxes import dense_page, write_fax
from tests.kept import kept
from unifax.client import Client, ClientError, Fax, Recipient
from unifax.documents.pages import DamagedPages, Page, read_pages
from unifax.here import Layout
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome

SECONDS = 300.0
CLIENTS = 3
PAUSE_SECONDS = 1.5
"Between two posts of a client, at most."
QUIET_SECONDS = 6.0
"Between two faults, at most."
FROZEN_SECONDS = 20.0
"Longer than the limit after which the others take an executor for dead."
END_SECONDS = 300.0
"After the last fault everything must have come to an end within this."
FAULTS = ("web", "prepare", "line", "line", "machine", "frozen line", "supervisor", "everything")
CAUSES = ("BUSY", "NO_ANSWER", "DROPPED", "PROTOCOL", "CONGESTION")
ENVIRONMENT = {
    "UNIFAX_LINE__PROCESSES": "2",
    "UNIFAX_RETRY__CALLS": "15",
    "UNIFAX_LIMITS__APP_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__ACCOUNT_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__APP_FAXES_PER_MINUTE": "0",
    **{f"UNIFAX_RETRY__{cause}_SECONDS": "0.5" for cause in CAUSES},
    **{f"UNIFAX_RETRY__{cause}_CALLS": "15" for cause in CAUSES},
}
RECEIVES, LOSES_CONFIRMATION, BUSY = "88", "09", "01"


@dataclass(slots=True)
class Tally:
    """What the clients were promised, and what was done to the service."""

    accepted: list[str] = field(default_factory=list)
    not_accepted: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def run(as_json: bool, seconds: float = SECONDS, seed: int = 1) -> None:
    """Do it once. The folder is kept, and named, when something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="unifax-faults-"))
    tally = Tally()
    token = _torment(folder, seconds, random.Random(seed), tally)
    with _service(folder, token) as service, service.client() as client:
        faxes = _ends(client, tally.accepted)
        rows = [_row(tally, faxes, Layout(service.data))]
    left = [
        process.pid for process in psutil.process_iter(["cmdline"]) if str(folder) in (process.info["cmdline"] or [])
    ]
    rows[0]["left running"] = len(left)
    show(f"{seconds:.0f} s of faults, seed {seed}", rows, as_json)
    if any(rows[0][wrong] for wrong in ("lost", "open", "false sent", "left running")):
        raise SystemExit(f"kept for a look: {folder}")
    shutil.rmtree(folder)


def _torment(folder: Path, seconds: float, chance: random.Random, tally: Tally) -> str:
    """Start the service again and again, until the time is over. Return the App's token."""
    (folder / "unifax.toml").write_text(
        f'[sandbox]\nnumbers = ["777????"]\n[web]\nlisten = "127.0.0.1:{_free_port()}"\n'
    )
    end = time.monotonic() + seconds
    over = threading.Event()
    clients: list[threading.Thread] = []
    token = ""
    try:
        while time.monotonic() < end:
            with _service(folder, token) as service:
                token = service.token
                if not clients:
                    clients = [
                        threading.Thread(target=_post, args=(folder, service, tally, over, chance.random()))
                        for _ in range(CLIENTS)
                    ]
                    for client in clients:
                        client.start()
                _faults(service, end, chance, tally)
    finally:
        over.set()
        for client in clients:
            client.join()
    return token


def _faults(service: Running, end: float, chance: random.Random, tally: Tally) -> None:
    """Break one thing after the other, until the time is over or the service has to be started again."""
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.2, QUIET_SECONDS))
        fault = chance.choice(FAULTS)
        tally.faults[fault] += 1
        match fault:
            case "everything":
                service.kill()
                return
            case "supervisor":
                service.process.kill()
                service.process.wait()
                return
            case "frozen line":
                for frozen in service.processes("line")[:1]:
                    frozen.suspend()
                    threading.Timer(FROZEN_SECONDS, _thaw, (frozen,)).start()
            case role:
                for process in service.processes(role)[:1]:
                    process.kill()


def _thaw(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.send_signal(signal.SIGCONT)


def _post(folder: Path, service: Running, tally: Tally, over: threading.Event, seed: float) -> None:
    """Be a client: send faxes of different pages to different numbers, whether the service is up or not."""
    chance = random.Random(seed)
    file = folder / f"{seed}"
    with service.client() as client:
        while not over.wait(chance.uniform(0.0, PAUSE_SECONDS)):
            try:
                tally.accepted.append(client.send([_document(file, chance)], list(_numbers(chance))).id)
            except ClientError:
                tally.not_accepted += 1


def _document(file: Path, chance: random.Random) -> Path:
    number = chance.randrange(1 << 30)
    if chance.random() < 0.5:
        file.write_text(f"This is fax {number}.\n")
        return file
    return write_fax(file, [dense_page(number + page) for page in range(chance.randint(1, 3))])


def _numbers(chance: random.Random) -> Iterator[str]:
    """Yield a recipient or two: few numbers, so that faxes meet at them, and not all of them receive."""
    for kind in chance.sample((RECEIVES, RECEIVES, RECEIVES, LOSES_CONFIRMATION, BUSY), chance.randint(1, 2)):
        yield f"777{chance.randrange(20):02}{kind}"


def _ends(client: Client, accepted: list[str]) -> list[Fax | None]:
    """Return each accepted fax when all have ended, or when the time for that is over; None for one that is lost."""
    deadline = time.monotonic() + END_SECONDS
    faxes: list[Fax | None] = []
    for fax_id in accepted:
        fax = _fax(client, fax_id)
        while fax is not None and fax.is_open and time.monotonic() < deadline:
            time.sleep(0.5)
            fax = _fax(client, fax_id)
        faxes.append(fax)
    return faxes


def _fax(client: Client, fax_id: str) -> Fax | None:
    try:
        return client.fax(fax_id)
    except ClientError:
        return None


def _row(tally: Tally, faxes: list[Fax | None], layout: Layout) -> dict[str, str | int | float]:
    states: Counter[DeliveryState] = Counter()
    false = lost_calls = 0
    for fax in filter(None, faxes):
        assert fax.document is not None or fax.is_open, fax
        for recipient in fax.recipients:
            states[recipient.state] += 1
            lost_calls += sum(call.outcome is Outcome.LOST for call in recipient.calls)
            if recipient.state is DeliveryState.SENT and not _arrived(fax, recipient, layout):
                print(f"false sent: fax {fax.id} to {recipient.number}")
                false += 1
            if recipient.state is DeliveryState.FAILED and not recipient.number.endswith(BUSY):
                print(f"failed: fax {fax.id} to {recipient.number}: {[call.outcome for call in recipient.calls]}")
    return {
        "accepted": len(faxes),
        "not accepted": tally.not_accepted,
        "recipients": sum(states.values()),
        "sent": states[DeliveryState.SENT],
        "uncertain": states[DeliveryState.UNCERTAIN],
        "failed": states[DeliveryState.FAILED],
        "open": sum(fax.is_open for fax in faxes if fax is not None),
        "lost": faxes.count(None),
        "false sent": false,
        "calls cut by faults": lost_calls,
        "faults": ", ".join(f"{fault} {count}" for fault, count in sorted(tally.faults.items())),
    }


def _arrived(fax: Fax, recipient: Recipient, layout: Layout) -> bool:
    """Whether each page that a call is said to have brought is, pixel by pixel, in what the machine kept of it."""
    assert fax.document is not None
    sent = [_pixels(page) for page in read_pages(kept(layout.data, fax.document))]
    received: list[tuple[int, int, bytes]] = []
    for call in recipient.calls:
        if call.pages_confirmed and call.call_id is not None:
            with suppress(OSError, DamagedPages):
                first = islice(read_pages(layout.received(recipient.number, call.call_id)), call.pages_confirmed)
                received += [_pixels(page) for page in first]
    return received == sent


def _pixels(page: Page) -> tuple[int, int, bytes]:
    return page.width, page.rows, page.bits


def _service(folder: Path, token: str) -> AbstractContextManager[Running]:
    config = folder / "unifax.toml"
    return running(folder / "data", ENVIRONMENT, token or None, ("--config", str(config)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
