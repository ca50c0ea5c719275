"""Documents to fax pages, in processes that cannot hurt us. This side opens files by name and reads nothing in them.

A converter owns one zygote (`zygote.py`), which holds the libraries and forks one sandboxed child for each order. What
goes over the control socket is JSON: `{"number", "task": "try" | "inspect" | "render", "limits", "header", "terms"}`
with the descriptors it is about, the first of them a socket for the answer; and `{"number", "task": "kill"}`. The
answer is one message after another: `file`, `kind` and `pages`, `page`, `done`, `refused`, `broken` from the child, and
last, from the zygote, `ended` with the child's exit code and `cpu_seconds`.
"""

import contextlib
import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from unifax.documents.answer import Answer, understood
from unifax.documents.intake import Found
from unifax.documents.order import Header, Limits
from unifax.model.errors import FileInvalid, Unavailable
from unifax.model.paper import AS_IT_COMES, PageReport, PaperTerms

__all__ = ["Converter", "Header", "Limits"]

_log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_END_SECONDS = 5.0
_OURS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
"A child that ends by one of these was ended by somebody else: the file did nothing wrong."
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
"A zygote has one thread, so that it can be forked."


class _Lost(Exception):
    """The zygote ended while it was needed."""


Words = Mapping[str, object]
Heed = Callable[[PageReport], None]


def _deaf(page: PageReport) -> None:
    pass


class Converter:
    """Looks into documents and draws them. Its methods block; call them from as many threads as you like."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._zygote: _Zygote | None = None
        self._closed = False
        self._door = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._limits.at_once)

    def start(self) -> None:
        """Start the zygote, so that the first document need not wait for it. Raises Unavailable."""
        try:
            self._ready()
        except _Lost:
            raise Unavailable("the document converter does not start") from None

    def close(self) -> None:
        """End the zygote and everything below it. Calls in flight raise Unavailable."""
        with self._door:
            self._closed = True
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def inspect(self, file: Path, name: str, charset: str | None = None) -> Found:
        """Say what a file is, within `inspect_seconds`. `name` is what its owner calls it, `charset` that of a text.

        Raises FileInvalid when it cannot be faxed, Unavailable when we are not able to look, OSError when it is gone.
        """
        with _opened(file, os.O_RDONLY) as fd:
            answer = self._ask("inspect", [fd], [name], {"charset": charset})
        assert answer.kind is not None
        assert answer.pages is not None
        return Found(answer.kind, answer.pages)

    def render(
        self,
        files: Sequence[tuple[Path, str]],
        out: Path,
        header: Header,
        terms: PaperTerms = AS_IT_COMES,
        heed: Heed | None = None,
    ) -> tuple[PageReport, ...]:
        """Draw files, each with the name its owner gave it, into one fax TIFF and say what became of each page.

        `heed` hears of a page as soon as it can be read from `out`, in this thread; if all has to be done again, it
        hears of page 1 again. `out` is made, or made anew; when this raises, it is gone. Raises as `inspect` does.
        """
        try:
            with contextlib.ExitStack() as stack:
                fds = [stack.enter_context(_opened(file, os.O_RDONLY)) for file, _ in files]
                fds.append(stack.enter_context(_opened(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC)))
                words = {
                    "header": {**asdict(header), "sent_at": header.sent_at.isoformat()},
                    "terms": {**asdict(terms), "page_treatments": dict(terms.page_treatments)},
                }
                pages: list[PageReport] = []

                def hear(page: PageReport) -> None:
                    del pages[page.number - 1 :]
                    pages.append(page)
                    if heed is not None:
                        heed(page)

                self._ask("render", fds, [name for _, name in files], words, hear)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
        return tuple(pages)

    def _ask(
        self, task: str, fds: list[int], names: Sequence[str], words: Words = MappingProxyType({}), hear: Heed = _deaf
    ) -> Answer:
        """Have a child do it; once more when the zygote is lost. Raises FileInvalid, Unavailable."""
        patience = self._limits.inspect_seconds if task == "inspect" else self._limits.page_seconds
        with self._slots:
            for _ in range(2):
                try:
                    answer = self._ready().ask(task, fds, self._limits, patience, words, hear)
                    return _judged(answer, names, patience)
                except _Lost:
                    _log.warning("the document converter was lost; starting another")
            raise Unavailable("the document converter does not work")

    def _ready(self) -> "_Zygote":
        """Return a zygote that lives. Raises Unavailable after `close`, _Lost when none can be started."""
        with self._door:
            if self._closed:
                raise Unavailable("the document converter has been stopped")
            if self._zygote is not None and self._zygote.is_lost():
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = self._started()
            return self._zygote

    def _started(self) -> "_Zygote":
        """Return a new zygote whose children work. Raises _Lost."""
        zygote = _Zygote()
        try:
            kept = zygote.ask("try", [], self._limits, _START_SECONDS)
        except _Lost:
            kept = Answer()
        if kept.walls is None:
            _log.error("the document converter does not start: %s", kept)
            zygote.close()
            raise _Lost
        _log.log(logging.INFO if kept.whole else logging.WARNING, "document converter: %s", kept.walls)
        return zygote


class _Zygote:
    """Our end of one zygote process."""

    def __init__(self) -> None:
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._numbers = itertools.count(1)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "unifax.documents.zygote", str(there.fileno())],
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

    def ask(
        self,
        task: str,
        fds: Sequence[int],
        limits: Limits,
        patience: float,
        words: Words = MappingProxyType({}),
        hear: Heed = _deaf,
    ) -> Answer:
        """Return all that was answered, as one. A child silent for `patience` seconds is killed, and `late` is there.

        Returns when the child has ended. Raises _Lost.
        """
        number = next(self._numbers)
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with here:
            with there:
                self._send({"number": number, "task": task, "limits": asdict(limits), **words}, [there.fileno(), *fds])
            here.settimeout(patience)
            try:
                return self._listen(here, number, limits, hear)
            finally:
                self._send({"number": number, "task": "kill"}, [])  # should it have claimed its own end

    def _listen(self, here: socket.socket, number: int, limits: Limits, hear: Heed) -> Answer:
        answer, pages = Answer(), 0
        for _ in range(8 * (limits.pages + 8)):  # an honest child says three things a page; it may not talk for ever
            try:
                message = here.recv(1 << 16)
            except TimeoutError:
                if answer.late:
                    raise _Lost from None
                answer.late = True
                self._send({"number": number, "task": "kill"}, [])
                here.settimeout(_END_SECONDS)
                continue
            except OSError:
                raise _Lost from None
            if not message:
                raise _Lost
            said = understood(message)
            answer.add(said)
            if said.page is not None:
                pages += 1
                if said.page.number != pages:
                    return Answer(file=answer.file, ended=0, broken="its pages are out of order")
                hear(said.page)
            if answer.done is not None and answer.done != pages:
                return Answer(file=answer.file, ended=0, broken="it lost pages")
            if answer.ended is not None:
                return answer
        return Answer(file=answer.file, ended=0, broken="it talks for ever")

    def _send(self, order: Words, fds: Sequence[int]) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], fds)
        except OSError:
            raise _Lost from None


def _judged(answer: Answer, names: Sequence[str], patience: float) -> Answer:
    """Return an answer that is one. Raises FileInvalid for what is the file's fault, Unavailable for what is ours."""
    if answer.broken is None and (answer.done is not None or (answer.kind is not None and answer.pages is not None)):
        return answer
    at, ended = answer.file, answer.ended or 0
    name = names[at] if at is not None and 0 <= at < len(names) else None
    if name is None or answer.broken is not None:
        _log.error("a document could not be converted: %s", answer)
    if name is None:
        raise Unavailable("the document converter failed")
    if answer.refused is not None:
        raise FileInvalid(name, answer.refused)
    if answer.broken is not None:
        raise FileInvalid(name, "is damaged and cannot be read")
    if answer.late:
        if answer.cpu_seconds is not None and answer.cpu_seconds < patience / 2:
            raise Unavailable("this machine is too busy to look into documents")
        raise FileInvalid(name, "takes too long to read")
    if -ended == signal.SIGXCPU:
        raise FileInvalid(name, "takes too long to read")
    if -ended in _OURS:
        raise Unavailable("the document converter was stopped")
    _log.warning("a document ended its converter: %s", answer)
    raise FileInvalid(name, "is too large or too complicated to be faxed")


@contextlib.contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    fd = os.open(file, flags | os.O_CLOEXEC, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)
