"""Apps as those who administer them see and change them. Must not know: who may, or how a key is made."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, Select, delete, func, select, update

from unifax.model.accounts import App, Viewer
from unifax.model.collection import Kind, Listing, Window
from unifax.store.accounts import APP_TAKEN, visible
from unifax.store.collections import Field, Source, page_of
from unifax.store.db import or_conflict
from unifax.store.directory import columns
from unifax.store.schema import accounts, apps

_APPS = Source(
    apps.c.id,
    apps.c.id,
    {
        "id": Field(Kind.NUMBER, apps.c.id),
        "accountId": Field(Kind.NUMBER, apps.c.account_id),
        "name": Field(Kind.TEXT, apps.c.name),
        "key": Field(Kind.TEXT, apps.c.key),
        "trusted": Field(Kind.FLAG, apps.c.trusted),
        "enabled": Field(Kind.FLAG, apps.c.enabled),
    },
)
APP_FILTERS = {name: field.kind for name, field in _APPS.fields.items()}
"What the collection can be filtered by."


def app_page(conn: Connection, viewer: Viewer, window: Window) -> tuple[Listing, Sequence[App]]:
    """Return a page of the Apps in the viewer's tree."""
    theirs = apps.c.account_id.in_(select(accounts.c.id).where(visible(viewer)))
    listing = page_of(conn, _APPS, [theirs], window)
    rows = conn.execute(_apps(viewer).where(apps.c.id.in_(listing.ids))).mappings()
    found = {row["id"]: _app(row) for row in rows}
    return listing, [found[each] for each in listing.ids]


def _apps(viewer: Viewer) -> Select[tuple[object, ...]]:
    return select(apps).join(accounts, accounts.c.id == apps.c.account_id).where(visible(viewer))


def _app(row: RowMapping) -> App:
    return App(
        id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        key=row["key"],
        trusted=bool(row["trusted"]),
        enabled=bool(row["enabled"]),
        redirect_uris=tuple(row["redirect_uris"].split()),
    )


def app(conn: Connection, viewer: Viewer, app_id: int) -> App | None:
    """Return an App of the viewer's tree."""
    row = conn.execute(_apps(viewer).where(apps.c.id == app_id)).mappings().one_or_none()
    return None if row is None else _app(row)


def app_named(conn: Connection, account_id: int, name: str) -> int | None:
    """Return the id of an account's App."""
    found: int | None = conn.execute(
        select(apps.c.id).where(apps.c.account_id == account_id, apps.c.name == name)
    ).scalar_one_or_none()
    return found


def count_apps(conn: Connection, account_id: int) -> int:
    """Return how many Apps an account has."""
    return conn.execute(select(func.count()).select_from(apps).where(apps.c.account_id == account_id)).scalar_one()


def is_trusted(conn: Connection, app_id: int) -> bool:
    """Whether an App may act without anybody's consent."""
    return bool(conn.execute(select(apps.c.trusted).where(apps.c.id == app_id)).scalar_one_or_none())


def change_app(conn: Connection, app_id: int, changes: Mapping[str, object]) -> None:
    """Change `name`, `trusted`, `enabled` or `redirect_uris` (one text). Raises Conflict when the name is taken."""
    with or_conflict(conn, APP_TAKEN):
        conn.execute(update(apps).where(apps.c.id == app_id).values(**columns(changes)))


def set_secret(conn: Connection, app_id: int, secret_sha256: str) -> None:
    """Replace what is kept of an App's secret."""
    conn.execute(update(apps).where(apps.c.id == app_id).values(secret_sha256=secret_sha256))


def remove_app(conn: Connection, app_id: int) -> None:
    """Remove an App, its tokens and its codes."""
    conn.execute(delete(apps).where(apps.c.id == app_id))
