"""A service of our own on loopback: started as a user would, read as a user would, ended by us."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.postgres import database_url
from unifax.client import Client, Fax
from unifax.demo import EXAMPLE, EXAMPLE_TYPE

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    process: subprocess.Popen[str]
    url: str
    token: str
    data: Path

    def client(self) -> Client:
        return Client(self.url, self.token, "0003*210")

    def processes(self, role: str) -> list[psutil.Process]:
        """Return the processes of a role: web, prepare, line, machine."""
        return [child for child in psutil.Process(self.process.pid).children() if _role(child) == role]

    def kill(self) -> None:
        """Kill the supervisor and everything below it, as a power cut would."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        for process in (psutil.Process(self.process.pid), *family):
            if process.is_running():
                process.kill()
        self.process.wait()


def _role(process: psutil.Process) -> str | None:
    """Return the role of a process that lives; one may end while it is looked at."""
    try:
        match process.cmdline():
            case [_, "-m", "unifax.roles", role, _]:
                return str(role)
    except psutil.Error:
        pass
    return None


@contextmanager
def running(
    data: Path,
    environment: Mapping[str, str] | None = None,
    token: str | None = None,
    arguments: Sequence[str] = ("--listen", "127.0.0.1:0"),
    verb: str = "serve",
) -> Iterator[Running]:
    """Run `unifax serve` on a folder, or another verb that does not end; give `token` when there are accounts."""
    log = (data.parent / "service.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "-m", "unifax", verb, "--data", str(data), *arguments],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={
            **os.environ,
            "UNIFAX_DATABASE__URL": database_url(data),
            "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0",
            "UNIFAX_LINE__PROCESSES": "1",
            "UNIFAX_LINE__DRAIN_SECONDS": "0",
            **(environment or {}),
        },
    )
    try:
        welcome = _welcome(process)
        url = re.search(r"http://127\.0\.0\.1:\d+", welcome)
        shown = re.search(r"token +(\S+)", welcome)
        known = shown[1] if shown else token
        assert known is not None, welcome
        yield Running(process, url[0] if url else "", known, data)
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
            log.close()


def _welcome(process: subprocess.Popen[str]) -> str:
    """Read what the service says until it says that it is ready."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ready"):
            return "".join(lines)
    raise AssertionError("the service ended instead of starting:\n" + "".join(lines))


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Look again and again, until a condition of the real service holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def ended(client: Client, fax_id: str, seconds: float = 90.0) -> Fax:
    """Return a fax once every recipient has come to an end."""
    until(lambda: not client.fax(fax_id).is_open, seconds, f"fax {fax_id} ends: {client.fax(fax_id)}")
    return client.fax(fax_id)


def send_example(client: Client) -> str:
    return client.send_bytes(EXAMPLE, EXAMPLE_TYPE).id


def unifax(*arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "unifax", *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**os.environ, **(environment or {})},
    )


def in_order(text: str, steps: Sequence[str]) -> bool:
    """Whether a text tells these steps, in this order."""
    at = 0
    for step in steps:
        at = text.find(step, at)
        if at < 0:
            return False
        at += len(step)
    return True
