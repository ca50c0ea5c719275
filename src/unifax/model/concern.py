"""What the present task is about, by ids: for the log. Must not know: where that goes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Ids = Mapping[str, int | str]

_IDS: ContextVar[Ids] = ContextVar("ids", default=MappingProxyType({}))


def ids() -> Ids:
    """Return the ids of what is being done: `fax`, `call`, `request`, and so on."""
    return _IDS.get()


@contextmanager
def concerning(**more: int | str) -> Iterator[None]:
    """Say what is done inside: it concerns this, besides what it concerned before."""
    token = _IDS.set(MappingProxyType({**_IDS.get(), **more}))
    try:
        yield
    finally:
        _IDS.reset(token)
