"""Hooks: who wants to be told of the events of an extension. Must not know: secrets, or how anybody is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from unifax.model.hook import Hook, HookMethod, HookStatus, HookType, HookUrl
from unifax.store.schema import hooks


def add_hook(
    conn: Connection,
    extension_id: int,
    kind: HookType,
    url: HookUrl,
    method: HookMethod,
    status: HookStatus,
    note: str,
    now: datetime,
) -> Hook:
    """Add a hook of an extension."""
    new = {
        "extension_id": extension_id,
        "type": kind.value,
        "url": url.text,
        "method": method.value,
        "status": status.value,
        "note": note,
        "secret": 0,
        "modified_at": now,
    }
    return hook_of(conn.execute(insert(hooks).values(new).returning(hooks)).mappings().one())


def hooks_of(conn: Connection, extension_id: int, kind: HookType | None = None) -> Sequence[Hook]:
    """Return the hooks of an extension, of one type or all, by id."""
    wanted = select(hooks).where(hooks.c.extension_id == extension_id).order_by(hooks.c.id)
    if kind is not None:
        wanted = wanted.where(hooks.c.type == kind.value)
    return [hook_of(row) for row in conn.execute(wanted).mappings()]


def count_hooks(conn: Connection, extension_id: int) -> int:
    return conn.execute(select(func.count()).where(hooks.c.extension_id == extension_id)).scalar_one()


def find_hook(conn: Connection, extension_id: int, kind: HookType, hook_id: int) -> Hook | None:
    """Return a hook of an extension, or None when it has no such hook of this type."""
    mine = (hooks.c.id == hook_id, hooks.c.extension_id == extension_id, hooks.c.type == kind.value)
    row = conn.execute(select(hooks).where(*mine)).mappings().one_or_none()
    return None if row is None else hook_of(row)


def change_hook(conn: Connection, changed: Hook, now: datetime) -> Hook:
    """Write down what a hook's owner has changed: address, method, status, note."""
    values = {
        "url": changed.url.text,
        "method": changed.method.value,
        "status": changed.status.value,
        "note": changed.note,
        "modified_at": now,
    }
    return _changed(conn, changed.id, values)


def rotate_secret(conn: Connection, hook_id: int, now: datetime) -> Hook:
    """Give a hook its next secret."""
    return _changed(conn, hook_id, {"secret": hooks.c.secret + 1, "rotated_at": now, "modified_at": now})


def switch_off(conn: Connection, hook_id: int, now: datetime) -> None:
    """Tell a hook no more."""
    values = {"status": HookStatus.OFF.value, "modified_at": now}
    conn.execute(update(hooks).where(hooks.c.id == hook_id).values(values))


def remove_hook(conn: Connection, hook_id: int) -> None:
    """Remove a hook, and its notices with it."""
    conn.execute(delete(hooks).where(hooks.c.id == hook_id))


def hook_of(row: RowMapping) -> Hook:
    """Return the hook that a row holds."""
    return Hook(
        id=row["id"],
        extension_id=row["extension_id"],
        type=HookType(row["type"]),
        url=HookUrl.parse(row["url"]),
        method=HookMethod(row["method"]),
        status=HookStatus(row["status"]),
        note=row["note"],
        secret=row["secret"],
        rotated_at=row["rotated_at"],
        modified_at=row["modified_at"],
    )


def _changed(conn: Connection, hook_id: int, values: Mapping[str, object]) -> Hook:
    changed = update(hooks).where(hooks.c.id == hook_id).values(values).returning(hooks)
    return hook_of(conn.execute(changed).mappings().one())
