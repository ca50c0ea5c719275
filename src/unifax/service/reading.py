"""What a viewer may read: faxes sent and received, one extension's or all of a user's. Knows no HTTP."""

from datetime import datetime

from unifax.model.accounts import Viewer
from unifax.model.collection import Listing, Window
from unifax.model.errors import AccessDenied, NotFound, UserInvalid
from unifax.model.fax import FaxView
from unifax.model.inbox import InboxView
from unifax.service.sending import account_named, as_if, sender
from unifax.store import accounts, collections, views
from unifax.store.collections import Scopes, Source
from unifax.store.db import Connection

ALL = "@self"
"In place of an extension: all extensions of the user, and of those below."


def scopes(conn: Connection, viewer: Viewer, user_id: str, extension: str, source: Source) -> Scopes:
    """Return where to look for what an address names. Raises UserInvalid, ExtensionInvalid or AccessDenied."""
    if extension != ALL:
        who = sender(conn, viewer, user_id, extension)
        return [source.extension_id == who.extension.id]
    if user_id == "@owner":
        raise UserInvalid("'@owner' is the owner of an extension: name one.")
    if user_id not in ("@me", "@viewer"):
        account_id = account_named(conn, user_id)
        if not accounts.owns(conn, viewer, account_id):
            raise AccessDenied("You may not act for this user.")
        viewer = as_if(viewer, account_id)
    return collections.scopes_of(conn, viewer, source)


def sent(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, window: Window
) -> tuple[Listing, list[FaxView]]:
    """Return a page of the faxes sent; their calls are left out. Raises as `scopes`."""
    source = views.SENT
    listing = collections.page_of(conn, source, scopes(conn, viewer, user_id, extension, source), window)
    return listing, views.fax_views(conn, listing.ids, with_calls=False)


def received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, window: Window
) -> tuple[Listing, list[InboxView]]:
    """Return a page of the faxes received. Raises as `scopes`."""
    source = views.RECEIVED
    listing = collections.page_of(conn, source, scopes(conn, viewer, user_id, extension, source), window)
    return listing, views.inbox_views(conn, listing.ids)


def received_one(conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str) -> InboxView:
    """Return one received fax. Raises as `sender` does; NotFound when the extension has none such."""
    who = sender(conn, viewer, user_id, extension)
    known = inbox_id.isascii() and inbox_id.isdigit() and len(inbox_id) <= 18
    found = views.inbox_views(conn, [int(inbox_id)]) if known else []
    if not found or found[0].extension != who.extension.number:
        raise NotFound("This extension has received no such fax.")
    return found[0]


def mark(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str, *, is_read: bool, now: datetime
) -> InboxView:
    """Mark a received fax as read, or as not read, and return it as it is then. Raises as `received_one`."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    views.mark_read(conn, fax.id, now if is_read else None)
    return received_one(conn, viewer, user_id, extension, inbox_id)
