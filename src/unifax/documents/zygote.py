"""The process that converters are born from: all is loaded here once, and every order gets a child of its own.

Started with `python -m unifax.documents.zygote FD LIMITS`, where FD is one end of a SOCK_SEQPACKET pair and LIMITS is
JSON. One thread, no clock, no document: it keeps spare children ready, hands each order to one of them, kills when told
to, and says how each child ended. When the other end closes, it kills what is left and goes. The words on the wire are
in `convert.py`.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unifax.documents import child
from unifax.documents.order import DESCRIPTORS, MESSAGE_BYTES, Limits, Order, Task, unpacked
from unifax.documents.typeset import Typesetter

_WASTED = 16
"So many spare children may die before a new one is any use; then something is wrong with all of them."


@dataclass(frozen=True, slots=True)
class _Work:
    order: Order
    message: bytes
    descriptors: Sequence[int]
    "The first is a socket for the answer."


@dataclass(slots=True)
class _Child:
    pid: int
    door: socket.socket
    "Where its order goes in."
    work: _Work | None = None
    "None while it waits for an order."
    condemned: bool = False
    "Nobody wants its order done any more."

    def began(self) -> bool:
        """Say of a dead one whether it had taken its order."""
        with contextlib.suppress(OSError):
            return self.door.recv(1, socket.MSG_DONTWAIT) == child.TAKEN
        return False


class Zygote:
    """Children at work, and spare ones that wait for an order."""

    def __init__(self, control: socket.socket, limits: Limits, typesetter: Typesetter) -> None:
        self._control, self._limits, self._typesetter = control, limits, typesetter
        self._children: dict[int, _Child] = {}
        "By a descriptor that can be read when the child is dead (pidfd_open(2))."
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._wasted = 0

    def serve(self) -> None:
        """Serve orders until the other end closes."""
        while self._wasted < _WASTED:
            while len(self._children) < self._limits.spares:
                self._bear()
            ready = {fd for fd, _ in self._poll.poll()}
            if self._control.fileno() in ready and not self._obey():
                break
            for death in ready & self._children.keys():
                self._bury(death)
        for each in self._children.values():
            os.kill(each.pid, signal.SIGKILL)

    def _obey(self) -> bool:
        """Take one order. Return False when there will be no more."""
        message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, DESCRIPTORS)
        if not message:
            return False
        order = unpacked(message)
        if order.task is Task.KILL:
            for each in self._children.values():
                if each.work is not None and each.work.order.number == order.number:
                    each.condemned = True
                    os.kill(each.pid, signal.SIGKILL)
        else:
            self._give(_Work(order, message, descriptors))
        return True

    def _give(self, work: _Work) -> None:
        """Hand an order to a spare child, a new one if need be."""
        spares = [each for each in self._children.values() if each.work is None]
        while True:
            taken = spares.pop(0) if spares else self._bear()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died while it waited
                socket.send_fds(taken.door, [work.message], work.descriptors)
                taken.work = work
                return

    def _bear(self) -> _Child:
        """Fork a child. It confines itself and then waits at its door."""
        parent = os.getpid()
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            try:
                child.live(there, self._limits, self._typesetter, parent)
                os._exit(0)
            finally:
                os._exit(1)
        there.close()
        born = _Child(pid, here)
        death = os.pidfd_open(pid)
        self._children[death] = born
        self._poll.register(death, select.POLLIN)
        return born

    def _bury(self, death: int) -> None:
        """Say how a child ended, and after how much work; if it never read its order, another one shall."""
        dead = self._children.pop(death)
        self._poll.unregister(death)
        os.close(death)
        _, status, usage = os.wait4(dead.pid, 0)
        with dead.door:
            idle = dead.work is None or not (dead.condemned or dead.began())
        if idle:
            self._wasted += 1
            if dead.work is not None:
                self._give(dead.work)
            return
        assert dead.work is not None
        self._wasted = 0
        ended = {
            "ended": os.waitstatus_to_exitcode(status),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "worn": _resident_bytes() > self._limits.zygote_bytes,
        }
        asker, *files = dead.work.descriptors
        for fd in files:
            os.close(fd)
        with socket.socket(fileno=asker) as answer, contextlib.suppress(OSError):  # nobody may be listening any more
            answer.send(json.dumps(ended).encode())


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Zygote(socket.socket(fileno=int(sys.argv[1])), Limits(**json.loads(sys.argv[2])), child.load()).serve()
