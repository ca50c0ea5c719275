"""What a confined process can still do: read what it holds, think, and answer."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = """
import json, os, resource, socket, sys, threading
from pathlib import Path
from unifax.documents.sandbox import Powers, confine, lower_cpu_seconds

fonts, secret, folder = (Path(each) for each in sys.argv[1:])
held = os.open(secret, os.O_RDONLY)

def refused(what):
    try:
        what()
    except (OSError, RuntimeError, MemoryError, ValueError) as error:
        return type(error).__name__
    return "allowed"

kept = confine(Powers(256 << 20, 5, 1 << 20, [fonts]), os.getppid())
lower_cpu_seconds(3)
print(json.dumps({
    "landlock": bool(kept.landlock),
    "seccomp": kept.seccomp,
    "root": os.getuid() == 0,
    "held": os.read(held, 6).decode(),
    "font": refused(lambda: os.open(fonts / "font", os.O_RDONLY)),
    "read": refused(lambda: os.open(secret, os.O_RDONLY)),
    "write": refused(lambda: os.open(folder / "new", os.O_WRONLY | os.O_CREAT)),
    "unlink": refused(lambda: os.unlink(secret)),
    "socket": refused(lambda: socket.socket()),
    "fork": refused(lambda: os.fork() or os._exit(0)),
    "thread": refused(lambda: threading.Thread(target=print).start()),
    "exec": refused(lambda: os.execv("/bin/true", ["true"])),
    "kill": refused(lambda: os.kill(os.getppid(), 0)),
    "more time": refused(lambda: lower_cpu_seconds(4)),
    "limits of others": refused(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU)),
    "memory": refused(lambda: bytearray(400 << 20)),
}))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may reach and write to; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_confined_process_reads_what_it_holds_and_nothing_else(open_folder: Path) -> None:
    (open_folder / "fonts").mkdir()
    for name in ("fonts/font", "secret"):
        (open_folder / name).write_text("secret")
        (open_folder / name).chmod(0o666)
    arguments = [str(open_folder / name) for name in ("fonts", "secret", "")]
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        env={"PYTHONPATH": source},
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["held"] == "secret"
    assert not told["root"]
    assert told["memory"] == "MemoryError"
    assert told["more time"] != "allowed"
    if told["seccomp"]:
        assert {
            told[each] for each in ("write", "unlink", "socket", "fork", "thread", "exec", "kill", "limits of others")
        }.isdisjoint({"allowed"})
    if told["landlock"]:
        assert told["read"] == "PermissionError"
        assert told["write"] == "PermissionError"
    assert (open_folder / "secret").exists()
    assert not (open_folder / "new").exists()


THREADLESS = """
import os, subprocess, threading
from unifax.documents.sandbox import refuse_threads

print(refuse_threads())
try:
    threading.Thread(target=print).start()
    print("a thread")
except RuntimeError:
    print("no thread")
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_a_process_without_threads_can_still_be_forked() -> None:
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", THREADLESS], capture_output=True, env={"PYTHONPATH": source}, timeout=30, check=True
    )
    refused, thread, ended = done.stdout.decode().split("\n")[:3]
    assert (thread == "no thread") == (refused == "True")
    assert ended == "7"
