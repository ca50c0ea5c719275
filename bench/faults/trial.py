"""One run: the whole service under clients while things are done to it, then a count of what it has kept of its word.

Every fax that was answered 200 must come to an end; of those called sent, every page must be in what the fax machine
kept. Must not know: which faults there are.
"""

import random
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.faults.arrivals import found_of, states
from bench.faults.clients import BUSY, OUR_NUMBER, OURS, Promises, sending
from bench.faults.ledger import Result
from tests.e2e.running import Running, running, unifax
from unifax.client import Client, ClientError, Fax
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome

QUIET_SECONDS = 6.0
"Between two faults, at most."
END_SECONDS = 420.0
"After the last fault everything must have come to an end within this."
STARTS = 4
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

Fault = Callable[[Running, random.Random], bool]
"Does something to a service; whether it has to be started again."


@dataclass(frozen=True, slots=True)
class Trial:
    """What is done, and how long."""

    stage: str
    engine: str
    faults: Mapping[str, Fault]
    "Equally likely."
    seconds: float
    seed: int
    environment: Mapping[str, str] = field(default_factory=dict)
    answers: bool = False
    "Calls come in as well: over a trunk that leads back to the service."
    quiet_seconds: float = QUIET_SECONDS
    clock_holds: bool = True
    "The wall clock tells which call was before another."
    disk: Path | None = None
    "Where the data folder is to be; else with all else."


def run(trial: Trial) -> Result:
    """Do it once. The folder is kept, and named, when something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="unifax-faults-"))
    promises, done = Promises(), Counter[str]()
    token = _torment(trial, folder, promises, done)
    with _service(trial, folder, token) as service, service.client() as client:
        calm_from = time.monotonic()
        faxes = _ends(client, promises.accepted)
        calm_seconds = time.monotonic() - calm_from
        kept_faxes = [fax for fax in faxes if fax is not None]
        _wait_for_incoming(service)
        found = found_of(kept_faxes, client, service.data)
    left = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if str((trial.disk or folder) / "data") in (process.info["cmdline"] or [])
    ]
    ends = states(kept_faxes)
    must = {
        "lost": faxes.count(None),
        "stuck": sum(fax.is_open for fax in kept_faxes),
        "false sent": found.false_sent,
        "false pages": found.false_confirmed,
        "pages twice unmarked": found.again_unmarked,
        "two calls at once": found.overlapping if trial.clock_holds else 0,
        "processes left": len(left),
    }
    counts = {
        "faults": sum(done.values()),
        **{name: done[name] for name in trial.faults if len(trial.faults) > 1},
        "accepted": len(faxes),
        "refused": promises.not_accepted,
        "sent": ends[DeliveryState.SENT],
        "uncertain": ends[DeliveryState.UNCERTAIN],
        "failed but busy": _failed(kept_faxes),
        "calls cut": _lost_calls(kept_faxes),
        "pages twice after a cut": found.again_after_a_cut,
        **must,
    }
    wrong = sum(must.values())
    if wrong:
        print(f"kept for a look: {folder}")
    else:
        shutil.rmtree(folder)
    return Result(trial.stage, trial.engine, counts, {"longest end, s": calm_seconds}, wrong)


def _torment(trial: Trial, folder: Path, promises: Promises, done: Counter[str]) -> str:
    """Start the service again and again, until the time is over. Return the App's token."""
    listen, calls_at = f"127.0.0.1:{free_port(socket.SOCK_STREAM)}", f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    lines = ['[sandbox]\nenabled = "yes"\nnumbers = ["777????"]', f'[web]\nlisten = "{listen}"']
    if trial.answers:
        lines += [
            f'[line]\nlisten = "{calls_at}"',
            f'[trunks.ours]\nserver = "{calls_at}"\nnumbers = ["{OURS}??"]\npaced = false\nkeep_alive_seconds = 0',
            f"private = true\nrewrite = {{ '^.*$' = \"{OUR_NUMBER}\" }}",
        ]
    (folder / "unifax.toml").write_text("\n".join(lines) + "\n")
    chance = random.Random(trial.seed)
    end, token = float("inf"), ""
    with ExitStack() as clients:
        while time.monotonic() < end:
            with _service(trial, folder, token) as service:
                if not token:
                    end, token = time.monotonic() + trial.seconds, service.token
                    if trial.answers:
                        _ring_at_ours(service)
                    clients.enter_context(sending(folder, service.url, token, trial.seed, promises, trial.answers))
                _faults(trial, service, end, chance, done)
    return token


def _ring_at_ours(service: Running) -> None:
    operator = {"UNIFAX_URL": service.url, "UNIFAX_DATA": str(service.data)}
    changed = unifax(
        *("account", "extension", "change", "0003*210", "--telephone", f"+{OUR_NUMBER}"), environment=operator
    )
    assert changed.returncode == 0, changed.stderr


def _faults(trial: Trial, service: Running, end: float, chance: random.Random, done: Counter[str]) -> None:
    """Do one thing after the other, until the time is over or the service has to be started again."""
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.2, trial.quiet_seconds))
        name = chance.choice(sorted(trial.faults))
        done[name] += 1
        if trial.faults[name](service, chance):
            return


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


def _wait_for_incoming(service: Running) -> None:
    """What has come in is put into the inbox a moment after its call."""
    folder, deadline = service.data / "incoming", time.monotonic() + 30
    while folder.is_dir() and any(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.2)


def _failed(faxes: list[Fax]) -> int:
    """Return how many failed although somebody answers there: of calls that broke again and again."""
    failed = [
        recipient
        for fax in faxes
        for recipient in fax.recipients
        if recipient.state is DeliveryState.FAILED and not recipient.number.endswith(BUSY)
    ]
    for recipient in failed:
        print(f"failed: {recipient.number}: {[str(call.outcome) for call in recipient.calls]}")
    return len(failed)


def _lost_calls(faxes: list[Fax]) -> int:
    return sum(
        call.outcome is Outcome.LOST for fax in faxes for recipient in fax.recipients for call in recipient.calls
    )


@contextmanager
def _service(trial: Trial, folder: Path, token: str) -> Iterator[Running]:
    """Run the service; one that is not up in its time is started again: the machine may be busy."""
    environment = {**ENVIRONMENT, **trial.environment}
    data, arguments = (trial.disk or folder) / "data", ("--config", str(folder / "unifax.toml"))
    with ExitStack() as stack:
        service, left = None, STARTS
        while service is None:
            try:
                service = stack.enter_context(running(data, environment, token or None, arguments))
            except AssertionError as error:
                left -= 1
                print(error)
                if left == 0:
                    raise
        yield service


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """Return a port that nobody uses."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
