"""Collections as the UnifiedAPI has them (VNUAPI30, "Getting Started"): the query that asks, the envelope that answers.

Knows no entries: what a collection holds, and how its pages are found, is told to it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.collection import (
    COUNT,
    COUNT_AT_MOST,
    OPERATIONS,
    Anchor,
    Condition,
    Kind,
    Listing,
    Operation,
    Value,
    Window,
)
from unifax.model.errors import (
    CountInvalid,
    FieldsInvalid,
    FilterByInvalid,
    FilterOpInvalid,
    FilterValueInvalid,
    SortOrderInvalid,
    StartIndexInvalid,
)
from unifax.web.edge import origin_of
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Shape, parse_date_time

T = TypeVar("T")

VALUE_LENGTH = 1000
"Characters of a `filterValue`: room for every number of a fax, and far below what SQLite takes for a pattern."

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_CURSOR = re.compile(r"(after|before)\.([0-9]{1,15})\.([0-9]{1,15})", re.ASCII)
_ORIGIN = re.compile(rb"\Ahttps?://[^/]*", re.IGNORECASE)
_OF_THE_PAGE = {"startIndex", "cursor", "accessRequestToken"}
"Left out of the addresses of other pages, or set anew. A token does not belong into what may be kept and logged."


class Paging(Shape):
    """Addresses of the pages before and behind; missing where there is none."""

    next: str | None = None
    prev: str | None = None


class CollectionShape(Shape, Generic[T]):
    """A page of a collection."""

    entry: list[T]
    start_index: int = Field(ge=0)
    "Entries before this page."
    total_results: int = Field(ge=0)
    "Entries of all pages, as counted when the first of them was asked for."
    items_per_page: int = Field(ge=1)
    filtered: bool
    sorted: bool
    paging: Paging


def any_fields(schema: JsonDict) -> None:
    """Make every field of an entry optional in its schema: `fields` leaves out what is not asked for."""
    schema.pop("required", None)


ENTRY = ConfigDict(json_schema_extra=any_fields)
"For the shape of an entry."


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a collection."""

    window: Window
    fields: frozenset[str]
    "To be shown; all, when empty."


class Collection:
    """What a collection's entries have, and what they can be filtered by."""

    def __init__(self, entry: type[BaseModel], filters: Mapping[str, Kind], *, newest_first: bool = False) -> None:
        self._fields = {field.alias or name for name, field in entry.model_fields.items()}
        self._filters = filters
        self._descending = newest_first

    def asked(
        self,
        count: Annotated[
            str | None,
            Query(description=f"Entries of a page, {COUNT} when not said."),
            WithJsonSchema({"type": "integer", "minimum": 1, "maximum": COUNT_AT_MOST, "default": COUNT}),
        ] = None,
        start_index: Annotated[
            str | None,
            Query(alias="startIndex", description="Entries before the page. Better follow `paging.next`."),
            WithJsonSchema({"type": "integer", "minimum": 0, "default": 0}),
        ] = None,
        cursor: Annotated[str | None, Query(description="As `paging` has it; not to be made by oneself.")] = None,
        filter_by: Annotated[str | None, Query(alias="filterBy", description="The field to filter by.")] = None,
        filter_op: Annotated[
            str | None,
            Query(alias="filterOp", description="How to compare; `equals` when not said."),
            WithJsonSchema({"type": "string", "enum": [each.value for each in Operation]}),
        ] = None,
        filter_value: Annotated[
            str | None,
            Query(alias="filterValue", description="What to compare with; for `inArray` values separated by commas."),
        ] = None,
        fields: Annotated[
            str | None, Query(description="Fields of an entry to be shown, separated by commas; all when not said.")
        ] = None,
        sort_order: Annotated[
            str | None,
            Query(alias="sortOrder", description="By id."),
            WithJsonSchema({"type": "string", "enum": ["ascending", "descending"]}),
        ] = None,
    ) -> Asked:
        """Read the query: a dependency of routes. A parameter that is empty is as one that is not there.

        Raises CountInvalid, StartIndexInvalid, FilterByInvalid, FilterOpInvalid, FilterValueInvalid, FieldsInvalid or
        SortOrderInvalid, in this order.
        """
        window = Window(
            count=_count(count),
            start_index=_start_index(start_index),
            anchor=anchor_of(cursor),
            condition=self._condition(filter_by, filter_op, filter_value),
        )
        shown = self._shown(fields)
        descending = self._is_descending(sort_order)
        return Asked(Window(window.count, window.start_index, window.anchor, descending, window.condition), shown)

    def _condition(self, by: str | None, op: str | None, value: str | None) -> Condition | None:
        if not by:
            if op or value:
                raise FilterByInvalid("'filterBy' must name the field that is compared.")
            return None
        kind = self._filters.get(by)
        if kind is None:
            raise FilterByInvalid(f"'filterBy' must be one of {', '.join(sorted(self._filters))}.")
        fitting = sorted(OPERATIONS[kind])
        if op and op not in fitting:
            raise FilterOpInvalid(f"'filterOp' must be one of {', '.join(fitting)} for '{by}'.")
        operation = Operation(op) if op else Operation.EQUALS
        return Condition(by, operation, _values(kind, operation, value))

    def _shown(self, fields: str | None) -> frozenset[str]:
        shown = frozenset(name.strip() for name in (fields or "").split(",")) - {""}
        if not shown <= self._fields:
            raise FieldsInvalid(f"'fields' must be some of {', '.join(sorted(self._fields))}.")
        return shown

    def _is_descending(self, order: str | None) -> bool:
        if order and order not in ("ascending", "descending"):
            raise SortOrderInvalid("'sortOrder' must be ascending or descending.")
        return order == "descending" if order else self._descending


def answer(request: Request, asked: Asked, listing: Listing, entries: Sequence[BaseModel]) -> Response:
    """Return the envelope around the entries of a page, which are those of the listing, in its order."""
    window, shown = asked.window, asked.fields
    dumped = (each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in entries)
    paging = {}
    if listing.has_next:
        paging["next"] = _page_address(request, listing.start_index + len(listing.ids), "after", listing)
    if listing.has_prev:
        paging["prev"] = _page_address(request, max(0, listing.start_index - window.count), "before", listing)
    return Json(
        {
            "entry": [{name: each[name] for name in each if not shown or name in shown} for each in dumped],
            "startIndex": listing.start_index,
            "totalResults": listing.total,
            "itemsPerPage": window.count,
            "filtered": window.condition is not None,
            "sorted": True,
            "paging": paging,
        }
    )


def absolute(request: Request, query: Sequence[tuple[str, str]]) -> str:
    """Return the request's own address, spelt as it came, with another query."""
    path = _ORIGIN.sub(b"", request.scope["raw_path"], count=1).decode("ascii", "replace")
    return f"{origin_of(request)}{path}?{urlencode(query)}"


def _page_address(request: Request, start_index: int, side: str, listing: Listing) -> str:
    kept = [pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] not in _OF_THE_PAGE]
    return absolute(request, [*kept, ("startIndex", str(start_index)), ("cursor", cursor(side, listing))])


def cursor(side: str, listing: Listing) -> str:
    """Return what names the page `after` or `before` one that is not empty."""
    return f"{side}.{listing.ids[-1 if side == 'after' else 0]}.{listing.total}"


def _count(text: str | None) -> int:
    if not text:
        return COUNT
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= COUNT_AT_MOST:
        raise CountInvalid(f"'count' must be a number from 1 to {COUNT_AT_MOST}.")
    return int(text)


def _start_index(text: str | None) -> int:
    if not text:
        return 0
    if not _NUMBER.fullmatch(text):
        raise StartIndexInvalid("'startIndex' must be a number, 0 for the first entry.")
    return int(text)


def anchor_of(text: str | None) -> Anchor | None:
    """Return where the page of a cursor lies; None for the first. Raises StartIndexInvalid."""
    if not text:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise StartIndexInvalid("'cursor' must be as 'paging' had it.")
    return Anchor(int(found[2]), int(found[3]), backwards=found[1] == "before")


def _values(kind: Kind, operation: Operation, text: str | None) -> tuple[Value, ...]:
    if operation is Operation.PRESENT:
        return ()
    if not text or len(text) > VALUE_LENGTH or "\0" in text:
        raise FilterValueInvalid(f"'filterValue' must have 1 to {VALUE_LENGTH} characters.")
    values = text.split(",") if operation is Operation.IN_ARRAY else [text]
    return tuple(_READERS[kind](value.strip()) for value in values)


def _text(text: str) -> Value:
    return text


def _number(text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise FilterValueInvalid("'filterValue' must be a number.")
    return int(text)


def _moment(text: str) -> Value:
    moment = parse_date_time(text)
    if moment is None:
        raise FilterValueInvalid("'filterValue' must be a moment such as 2015-01-23T04:56:22Z.")
    return moment


def _flag(text: str) -> Value:
    if text not in ("true", "false"):
        raise FilterValueInvalid("'filterValue' must be true or false.")
    return int(text == "true")


_READERS: Mapping[Kind, Callable[[str], Value]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
}
