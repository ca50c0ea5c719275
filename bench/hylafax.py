"""HylaFAX 6 as its users set it up for a queue without a modem: `faxq` and `hfaxd` on loopback, `sendfax` to submit.

A spool of its own, copied from the one that Debian's package makes; what is installed stays as it is.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SPOOL, ETC = Path("/var/spool/hylafax"), Path("/etc/hylafax")
CONFIGURATION = ("config", "hfaxd.conf", "setup.cache", "setup.modem", "pagesizes", "lutRS18.pcf", "dialrules")
NUMBER = "5550100"
START_SECONDS = 10.0


class HylaFax:
    """A server that takes faxes, and has no modem to send them."""

    def __init__(self, port: int) -> None:
        self._port = port

    def submit(self, file: Path) -> bool:
        """Do what its users do: `sendfax` makes PostScript of a text and hands it to the server, which queues it.

        Whether it did: when several come at once it refuses some ("missing DIALSTRING parameter").
        """
        line = ["sendfax", "-n", "-h", f"127.0.0.1:{self._port}", "-d", NUMBER, str(file)]
        return subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def is_installed() -> bool:
    return all(map(shutil.which, ("sendfax", "faxq", "hfaxd"))) and ETC.is_dir()


@contextmanager
def hylafax(folder: Path) -> Iterator[HylaFax]:
    """Run a server in a folder that everybody can reach. As root only: it gives itself up to the user uucp."""
    spool = folder / "spool"
    shutil.copytree(SPOOL, spool, symlinks=True, ignore=shutil.ignore_patterns("FIFO*"))
    for name in CONFIGURATION:
        shutil.copy(ETC / name, spool / "etc" / name)
    (spool / "etc" / "hosts.hfaxd").write_text("localhost\n127.0.0.1\n")
    for path in (folder, *spool.rglob("*"), spool):
        shutil.chown(path, "uucp", "uucp")
    (spool / "etc" / "hosts.hfaxd").chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    queue = subprocess.Popen(["faxq", "-D", "-q", str(spool)], stderr=subprocess.DEVNULL)
    server = None
    try:
        _wait(lambda: (spool / "FIFO").exists())
        server = subprocess.Popen(["hfaxd", "-d", "-q", str(spool), "-i", str(port), "-l", "127.0.0.1"])
        _wait(lambda: _answers(port))
        yield HylaFax(port)
    finally:
        for process in filter(None, (server, queue)):
            process.kill()
            process.wait()


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit("HylaFAX does not start")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == os.EX_OK
