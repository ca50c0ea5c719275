"""Pages of tables, found by the id next to them (keyset): every page costs what it holds. Must not know: which tables.

An entry belongs to one of several scopes, each a condition that an index answers in the order of ids: the extensions
whose faxes are looked at. A page is merged from as many rows of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, true, union_all

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.collection import SECOND, Condition, Kind, Listing, Operation, Window
from unifax.store.accounts import visible
from unifax.store.schema import accounts, extensions

MERGED_AT_MOST = 100
"With more extensions than this in sight, walking all rows and looking at each is cheaper than merging."


Scopes = Sequence[ColumnElement[bool]]
"Conditions that do not overlap."


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a collection can be filtered by."""

    kind: Kind
    column: ColumnElement[object]
    many: tuple[ColumnElement[int], ColumnElement[int]] | None = None
    """For a field of which an entry has several: the column of their table that names the entry, and the entry's id.
    What holds for one of them holds for the entry."""
    is_indexed: bool = False
    "An index leads from one of many values to its entries: better than to look at each entry."


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows are the entries of a collection."""

    id: ColumnElement[int]
    extension_id: ColumnElement[int]
    fields: Mapping[str, Field]


def page_of(conn: Connection, source: Source, scopes: Scopes, window: Window) -> Listing:
    """Return one page of what lies in any of some scopes that do not overlap."""
    condition = true() if window.condition is None else _holds(source.fields[window.condition.field], window.condition)
    anchor = window.anchor
    total = _count(conn, source, scopes, condition) if anchor is None else anchor.total
    backwards = anchor is not None and anchor.backwards
    ascending = window.descending == backwards
    if anchor is not None:
        beyond = source.id > literal(anchor.id) if ascending else source.id < literal(anchor.id)
        condition = condition & beyond
    order = source.id.asc() if ascending else source.id.desc()
    skipped = window.start_index if anchor is None else 0
    wanted = window.count + 1  # one more tells whether there is another page
    parts = [
        select(select(source.id).where(scope, condition).order_by(order).limit(skipped + wanted).subquery())
        for scope in scopes
    ]
    if not parts:
        return Listing((), total, window.start_index, has_next=False, has_prev=False)
    merged = union_all(*parts).subquery()
    key = merged.c.id
    found = conn.execute(
        select(key).order_by(key.asc() if ascending else key.desc()).offset(skipped).limit(wanted)
    ).scalars()
    ids = list(found)
    is_more = len(ids) == wanted
    ids = ids[: window.count]
    if backwards:
        ids.reverse()
    return Listing(
        ids=tuple(ids),
        total=total,
        start_index=window.start_index,
        has_next=bool(ids) if backwards else is_more,
        has_prev=is_more if backwards else window.start_index > 0 and bool(ids),
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """The extensions that somebody looks at."""

    viewer: Viewer
    extensions: Sequence[int] | None
    "None when they are all those in the viewer's tree, and those are many."


def everything(conn: Connection, viewer: Viewer) -> Sight:
    """Return the sight of all extensions in a viewer's tree."""
    if viewer.kind is AccountKind.ADMINISTRATOR:
        return Sight(viewer, None)
    ids = [row.id for row in conn.execute(theirs(viewer).limit(MERGED_AT_MOST + 1))]
    return Sight(viewer, ids if len(ids) <= MERGED_AT_MOST else None)


def scopes_of(source: Source, sight: Sight) -> Scopes:
    """Return where to look for what belongs to the extensions in sight."""
    if sight.extensions is not None:
        return [source.extension_id == extension_id for extension_id in sight.extensions]
    if sight.viewer.kind is AccountKind.ADMINISTRATOR:
        return [true()]
    return [theirs(sight.viewer).where(extensions.c.id == source.extension_id).exists()]


def theirs(viewer: Viewer) -> Select[tuple[int]]:
    """Return the extensions in a viewer's tree."""
    return select(extensions.c.id).join(accounts, accounts.c.id == extensions.c.owner_id).where(visible(viewer))


def _count(conn: Connection, source: Source, scopes: Scopes, condition: ColumnElement[bool]) -> int:
    counts = [select(func.count(source.id)).where(scope, condition) for scope in scopes]
    return sum(conn.execute(union_all(*counts)).scalars()) if counts else 0


def _holds(field: Field, condition: Condition) -> ColumnElement[bool]:
    """Return a condition in SQL; `model.collection.holds` says the same of values."""
    compared = _compared(field, condition)
    if field.many is None:
        return compared
    of, entry = field.many
    if field.is_indexed and condition.operation in (Operation.EQUALS, Operation.IN_ARRAY):
        return entry.in_(select(of).where(compared))
    return select(of).where(of == entry, compared).exists()


def _compared(field: Field, condition: Condition) -> ColumnElement[bool]:
    column, values = field.column, condition.values
    if field.kind is Kind.MOMENT:
        return _moments_compared(column, condition)
    match condition.operation:
        case Operation.PRESENT:
            return column.is_not(None) & (column != "") if field.kind is Kind.TEXT else column.is_not(None)
        case Operation.CONTAINS:
            return column.icontains(values[0], autoescape=True)
        case Operation.STARTS_WITH:
            return column.istartswith(values[0], autoescape=True)
        case Operation.GREATER_THAN:
            return column > values[0]
        case Operation.LESS_THAN:
            return column < values[0]
        case Operation.EQUALS | Operation.IN_ARRAY:
            return column.in_(values)


def _moments_compared(column: ColumnElement[object], condition: Condition) -> ColumnElement[bool]:
    moments = [value for value in condition.values if isinstance(value, datetime)]
    match condition.operation:
        case Operation.GREATER_THAN:
            return column >= moments[0] + SECOND
        case Operation.LESS_THAN:
            return column < moments[0]
        case Operation.EQUALS | Operation.IN_ARRAY:
            return or_(*((column >= moment) & (column < moment + SECOND) for moment in moments))
        case _:
            return column.is_not(None)
