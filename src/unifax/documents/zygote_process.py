"""A zygote process as its owner sees it: started, asked, ended. Does not know what a file is, or whose fault."""

import itertools
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from unifax.documents.answer import Answer, understood
from unifax.documents.order import Limits, Order, Task, packed
from unifax.model.paper import PageReport

Heed = Callable[[PageReport], None]
"Hears of each page."

_END_SECONDS = 5.0
_MESSAGE_BYTES = 1 << 16
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": f"{32 << 20}",
    "MALLOC_TRIM_THRESHOLD_": f"{256 << 20}",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
"""A zygote has one thread, so that it can be forked. Memory that a page has used serves the next page: to have it anew
from the kernel takes longer than to draw on it. In huge pages (madvise(2)), a child is born and buried the faster."""


class Lost(Exception):
    """The zygote ended while it was needed."""


class ZygoteProcess:
    """Our end of one zygote process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._numbers = itertools.count(1)
        self.users = 0
        "Who asks it now; its owner counts."
        self.worn = False
        "Should be replaced when nobody asks it any more."
        with there:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "unifax.documents.zygote",
                    str(there.fileno()),
                    json.dumps(asdict(limits)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                pass_fds=[there.fileno()],
                start_new_session=True,
            )

    def is_lost(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        """End it and everything below it."""
        self._control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, order: Order, fds: Sequence[int], patience: float, hear: Heed | None = None) -> Answer:
        """Return all that was answered, as one. A child silent for `patience` seconds is killed, and `late` is there.

        Returns when the child has ended. Raises Lost, and whatever `hear` raises.
        """
        order = replace(order, number=next(self._numbers))
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with here:
            with there:
                self._send(order, [there.fileno(), *fds])
            here.settimeout(patience)
            try:
                return self._listen(here, order, hear)
            finally:
                self._kill(order)  # should it have claimed its own end

    def _listen(self, here: socket.socket, order: Order, hear: Heed | None) -> Answer:
        answer, pages = Answer(), 0
        for _ in range(8 * (self._limits.pages + 8)):  # two a page are honest
            try:
                message = here.recv(_MESSAGE_BYTES)
            except TimeoutError:
                if answer.late:
                    raise Lost from None
                answer.late = True
                self._kill(order)
                here.settimeout(_END_SECONDS)
                continue
            except OSError:
                raise Lost from None
            if not message:
                raise Lost
            said = understood(message)
            answer.add(said)
            if said.page is not None:
                pages += 1
                if said.page.number != pages:
                    return _broken(answer, "its pages are out of order")
                if hear is not None:
                    hear(said.page)
            if said.done is not None and said.done != pages:
                return _broken(answer, "it lost pages")
            if answer.ended is not None:
                return answer
        return _broken(answer, "it talks for ever")

    def _kill(self, order: Order) -> None:
        self._send(replace(order, task=Task.KILL), [])

    def _send(self, order: Order, fds: Sequence[int]) -> None:
        try:
            socket.send_fds(self._control, [packed(order)], fds)
        except OSError:
            raise Lost from None


def _broken(answer: Answer, why: str) -> Answer:
    return Answer(file=answer.file, ended=0, broken=why)
