"""What took how long, as spans of a trace: one for each fax, from the request that brought it to its last notice.

Must not know: who collects traces, or how they are told. Without a collector all this does next to nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Facts = Mapping[str, str | int | bool]
"Of a span, by name: ids and counts, never numbers, names or what is on pages."
NOTHING: Facts = {}

_PRESENT: ContextVar[str | None] = ContextVar("trace", default=None)


class Side(StrEnum):
    """Which side of a conversation a span is told from."""

    SERVER = "server"
    NONE = "none"
    CLIENT = "client"


class Span(Protocol):
    """Something being done."""

    def name(self, name: str) -> None:
        """Call it by a better name than was known when it began."""

    def note(self, facts: Facts) -> None:
        """Say more of it."""

    def fail(self, why: str) -> None:
        """Say that it did not come to a good end."""

    def reach(self, what: str) -> None:
        """Say that something has happened in it, now."""


class Traces(Protocol):
    """Where spans go."""

    def span(
        self, name: str, facts: Facts = NOTHING, *, of: str | None = None, side: Side = Side.NONE
    ) -> AbstractContextManager[Span]:
        """Time what is done inside. It is part of what is being done here, or of what `of` names (W3C traceparent)."""

    def past(self, name: str, began: datetime, ended: datetime, facts: Facts = NOTHING) -> None:
        """Tell of a part of what is being done here that is over already."""


def present() -> str | None:
    """Return what is being done here as others may name it: a W3C traceparent, or None when nothing is traced."""
    return _PRESENT.get()


@contextmanager
def presently(traceparent: str) -> Iterator[None]:
    """Say what is being done inside."""
    token = _PRESENT.set(traceparent)
    try:
        yield
    finally:
        _PRESENT.reset(token)


class _NoSpan:
    def name(self, name: str) -> None:
        pass

    def note(self, facts: Facts) -> None:
        pass

    def fail(self, why: str) -> None:
        pass

    def reach(self, what: str) -> None:
        pass


class Untraced:
    """Spans go nowhere."""

    _nothing = nullcontext(_NoSpan())

    def span(
        self, name: str, facts: Facts = NOTHING, *, of: str | None = None, side: Side = Side.NONE
    ) -> AbstractContextManager[Span]:
        return self._nothing

    def past(self, name: str, began: datetime, ended: datetime, facts: Facts = NOTHING) -> None:
        pass


UNTRACED = Untraced()
