"""Collections, page by page: what an App may ask of one (VNUAPI30, "Getting Started"). Knows no HTTP and no SQL.

Entries are in the order of their ids. A page is found by the id next to it, not by how many come before: that costs the
same on every page, and what is added meanwhile moves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

COUNT = 20
"Entries of a page, when nobody says how many."
COUNT_AT_MOST = 5000
"VoipNow's own limit."

SECOND = timedelta(seconds=1)
"Moments are shown to the second, and so they are compared to the second."


class Operation(StrEnum):
    """What a filter compares by. Parts of text are compared without case."""

    CONTAINS = "contains"
    EQUALS = "equals"
    GREATER_THAN = "greaterThan"
    IN_ARRAY = "inArray"
    LESS_THAN = "lessThan"
    PRESENT = "present"
    STARTS_WITH = "startsWith"


class Kind(StrEnum):
    """What sort of value a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    FLAG = "flag"
    "True or false, as 1 or 0."


_ORDERED = frozenset(Operation) - {Operation.CONTAINS, Operation.STARTS_WITH}
OPERATIONS: Mapping[Kind, frozenset[Operation]] = {
    Kind.TEXT: frozenset(Operation) - {Operation.GREATER_THAN, Operation.LESS_THAN},
    Kind.NUMBER: _ORDERED,
    Kind.MOMENT: _ORDERED,
    Kind.FLAG: frozenset({Operation.EQUALS}),
}
"What may be asked of each kind."

Value = str | int | datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter. Its operation fits the kind of its field."""

    field: str
    operation: Operation
    values: tuple[Value, ...]
    "One; any number of them for `inArray`; none for `present`. Moments are whole seconds."


@dataclass(frozen=True, slots=True)
class Anchor:
    """The entry next to a page that is turned to, and what was known of the whole when the turning began."""

    id: int
    total: int
    backwards: bool
    "The page lies before the entry, not behind it."


@dataclass(frozen=True, slots=True)
class Window:
    """One page of a collection, as asked for."""

    count: int = COUNT
    start_index: int = 0
    "Entries before this page; with an anchor only what the answer says of it."
    anchor: Anchor | None = None
    descending: bool = False
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a collection, as found."""

    ids: tuple[int, ...]
    total: int
    "Entries of all pages; counted once, when the turning of pages began."
    start_index: int
    has_next: bool
    has_prev: bool


def holds(condition: Condition, value: Value | None) -> bool:
    """Whether a field's value fulfils a condition. What is missing, or empty, fulfils none."""
    if value is None or value == "":
        return False
    if isinstance(value, datetime):
        value = value.replace(microsecond=0)
    wanted = condition.values
    match condition.operation:
        case Operation.PRESENT:
            return True
        case Operation.CONTAINS:
            return str(wanted[0]).lower() in str(value).lower()
        case Operation.STARTS_WITH:
            return str(value).lower().startswith(str(wanted[0]).lower())
        case Operation.GREATER_THAN:
            return value > wanted[0]  # type: ignore[operator]  # of one kind: Condition promises it
        case Operation.LESS_THAN:
            return value < wanted[0]  # type: ignore[operator]  # likewise
        case _:
            return value in wanted


def turn_to(
    window: Window, entries: Sequence[T], id_of: Callable[[T], int], value: Callable[[T, str], Value | None]
) -> tuple[Listing, Sequence[T]]:
    """Return a page of a collection that is in memory whole: for what is always short."""
    condition = window.condition
    chosen = [each for each in entries if condition is None or holds(condition, value(each, condition.field))]
    chosen.sort(key=id_of, reverse=window.descending)
    start = window.start_index
    if window.anchor is not None:
        start = sum(_is_before(id_of(each), window) for each in chosen)
        if window.anchor.backwards:
            start = max(0, start - window.count)
    page = chosen[start : start + window.count]
    listing = Listing(
        ids=tuple(id_of(each) for each in page),
        total=len(chosen),
        start_index=start,
        has_next=start + window.count < len(chosen),
        has_prev=start > 0 and bool(page),
    )
    return listing, page


def _is_before(entry_id: int, window: Window) -> bool:
    """Whether an entry comes before the page behind an anchor, or before the anchor that the page comes before."""
    assert window.anchor is not None
    if entry_id == window.anchor.id:
        return not window.anchor.backwards
    return (entry_id > window.anchor.id) == window.descending
