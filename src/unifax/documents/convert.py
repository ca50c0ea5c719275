"""Documents to fax pages, in processes that cannot hurt us. This side opens files by name and reads nothing in them.

A converter owns one zygote (`zygote.py`), which holds the libraries and keeps sandboxed children ready, one for each
order. What goes over the control socket is an `Order` as JSON, with the descriptors it is about, the first of them a
socket for the answer. That is one message after another (`answer.py`): `file`, `kind` and `pages`, `page`, `done`,
`refused`, `broken` from the child, and last, from the zygote, `ended` with the child's exit code and `cpu_seconds`.
"""

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from unifax.documents.answer import Answer
from unifax.documents.intake import Found
from unifax.documents.order import Header, Limits, Order, Task
from unifax.documents.report import Report, packed_report
from unifax.documents.zygote_process import Heed, Lost, ZygoteProcess
from unifax.model.cover import PLAIN
from unifax.model.errors import FileInvalid, Unavailable
from unifax.model.paper import AS_IT_COMES, PageReport, PaperTerms

__all__ = ["Converter", "Header", "Limits"]

_log = logging.getLogger(__name__)

COVER = "cover page"
"What a cover page is called where files are named."
_START_SECONDS = 30.0
_ROOM_BYTES = 64 << 10
_OURS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
"A child that ends by one of these was ended by somebody else: the file did nothing wrong."


class Converter:
    """Looks into documents and draws them. Its methods block; call them from as many threads as you like."""

    def __init__(self, limits: Limits | None = None, covers: Mapping[str, str] = MappingProxyType({})) -> None:
        """`covers` are the operator's templates of cover pages, in Typst, by their names."""
        self._covers = covers
        self._limits = limits or Limits()
        self._zygote: ZygoteProcess | None = None
        self._closed = False
        self._door = threading.Lock()
        self._slots = threading.BoundedSemaphore(self._limits.at_once)

    def start(self) -> None:
        """Start the zygote, so that the first document need not wait for it. Raises Unavailable."""
        try:
            with self._used():
                pass
        except Lost:
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
            order = Order(0, Task.INSPECT, terms=PaperTerms(charset=charset))
            answer = self._ask(order, [fd], [name], self._limits.inspect_seconds)
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
        pages: list[PageReport] = []

        def hear(page: PageReport) -> None:
            pages[page.number - 1 :] = [page]
            if heed is not None:
                heed(page)

        try:
            with contextlib.ExitStack() as stack:
                fds = [stack.enter_context(_opened(file, os.O_RDONLY)) for file, _ in files]
                fds.append(stack.enter_context(_opened(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC)))
                order = Order(0, Task.RENDER, header, terms, self._template(terms))
                self._ask(order, fds, [*(name for _, name in files), COVER], self._limits.page_seconds, hear)
        except FileInvalid as error:
            full = _is_full(out)  # while what was written of it is still there
            out.unlink(missing_ok=True)
            if full:
                raise Unavailable("there is no room for the pages") from error
            raise
        except BaseException:
            out.unlink(missing_ok=True)
            raise
        return tuple(pages)

    def report(self, report: Report, picture: bytes = b"") -> bytes:
        """Return a transmission report as a PDF; the picture is a small PNG of its first page, if there is one.

        Raises Unavailable. It is all ours, and set in a child because fonts are read there, and nowhere else.
        """
        with contextlib.ExitStack() as stack:
            words, small, out = (
                stack.enter_context(_in_memory(each)) for each in (packed_report(report), picture, b"")
            )
            self._ask(Order(0, Task.REPORT), [words, small, out], [], self._limits.page_seconds)
            os.lseek(out, 0, os.SEEK_SET)
            with os.fdopen(os.dup(out), "rb") as file:
                return file.read()

    def _template(self, terms: PaperTerms) -> str:
        """Return the operator's template of a cover page; nothing where ours is to be used. Raises FileInvalid."""
        if terms.cover is None or terms.cover.template == PLAIN:
            return ""
        if terms.cover.template not in self._covers:
            raise FileInvalid(COVER, f"cannot be made: there is no template '{terms.cover.template}'")
        return self._covers[terms.cover.template]

    def _ask(
        self, order: Order, fds: list[int], names: Sequence[str], patience: float, hear: Heed | None = None
    ) -> Answer:
        """Have a child do it; once more when the zygote is lost. Raises FileInvalid, Unavailable."""
        with self._slots:
            for _ in range(2):
                try:
                    with self._used() as zygote:
                        answer = zygote.ask(order, fds, patience, hear)
                        zygote.worn |= answer.worn
                    return _judged(answer, names, patience)
                except Lost:
                    _log.warning("the document converter was lost; trying again")
            raise Unavailable("the document converter does not work")

    @contextlib.contextmanager
    def _used(self) -> Iterator[ZygoteProcess]:
        """Lend a zygote that lives. A worn one ends when nobody uses it any more, and is lent to nobody new.

        Raises Unavailable after `close`, Lost when none can be started.
        """
        with self._door:
            zygote = self._ready()
            zygote.users += 1
        try:
            yield zygote
        finally:
            with self._door:
                zygote.users -= 1
                if zygote.worn and zygote is self._zygote:
                    self._zygote = None
                if zygote.worn and not zygote.users:
                    zygote.close()

    def _ready(self) -> ZygoteProcess:
        """Return a zygote that lives. Raises as `_used` does."""
        if self._closed:
            raise Unavailable("the document converter has been stopped")
        if self._zygote is not None and self._zygote.is_lost():
            self._zygote.close()
            self._zygote = None
        if self._zygote is None:
            self._zygote = self._started()
        return self._zygote

    def _started(self) -> ZygoteProcess:
        """Return a new zygote whose children work. Raises Lost."""
        zygote = ZygoteProcess(self._limits)
        try:
            kept = zygote.ask(Order(0, Task.TRY), [], _START_SECONDS)
        except Lost:
            kept = Answer()
        if kept.walls is None:
            _log.error("the document converter does not start: %s", kept)
            zygote.close()
            raise Lost
        _log.log(logging.INFO if kept.whole else logging.WARNING, "document converter: %s", kept.walls)
        return zygote


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


def _is_full(out: Path) -> bool:
    """Whether the disk of a file has no room left: then nothing that was said of the documents counts."""
    disk = os.statvfs(out)
    return disk.f_bavail * disk.f_frsize < _ROOM_BYTES


@contextlib.contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    fd = os.open(file, flags | os.O_CLOEXEC, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    """Have a file that lies nowhere."""
    fd = os.memfd_create("unifax", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(data)
        yield fd
    finally:
        os.close(fd)
