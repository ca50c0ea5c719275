"""What a viewer may read: faxes sent and received, one extension's or all of a user's. Knows no HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from unifax.model.accounts import Extension, Viewer
from unifax.model.collection import Anchor, Listing, Window
from unifax.model.errors import AccessDenied, NotFound, UserInvalid
from unifax.model.event import Event
from unifax.model.evidence import ConfirmedPage
from unifax.model.fax import PENDING, FaxView
from unifax.model.inbox import InboxView
from unifax.service.control import fax_of, position_of
from unifax.service.sending import account_named, as_if, sender
from unifax.store import accounts, collections, events, faxes, receipts, views
from unifax.store.collections import Scopes, Sight
from unifax.store.db import Connection

ALL = "@self"
"In place of an extension: all extensions of the user, and of those below."
CHOICES = 200
"Extensions that are offered to choose from."
AT_ONCE = 100
"Events that are told at once."


@dataclass(frozen=True, slots=True)
class News:
    """What has happened, as far as it is told at once."""

    events: Sequence[Event]
    "No more than AT_ONCE: when it is so many, there may be more."
    extensions: Sequence[int] | None
    "To whom more may happen; None when they are many."
    is_last: bool
    "Nothing more is going to happen."


def sight(conn: Connection, viewer: Viewer, user_id: str, extension: str) -> Sight:
    """Return the extensions that an address names. Raises UserInvalid, ExtensionInvalid or AccessDenied."""
    if extension != ALL:
        return Sight(viewer, [sender(conn, viewer, user_id, extension).extension.id])
    if user_id == "@owner":
        raise UserInvalid("'@owner' is the owner of an extension: name one.")
    if user_id not in ("@me", "@viewer"):
        account_id = account_named(conn, user_id)
        if not accounts.owns(conn, viewer, account_id):
            raise AccessDenied("You may not act for this user.")
        viewer = as_if(viewer, account_id)
    return collections.everything(conn, viewer)


def sent(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, window: Window
) -> tuple[Listing, list[FaxView]]:
    """Return a page of the faxes sent; their calls are left out. Raises as `sight`."""
    scopes = collections.scopes_of(views.SENT, sight(conn, viewer, user_id, extension))
    listing = collections.page_of(conn, views.SENT, scopes, window)
    return listing, views.fax_views(conn, listing.ids, in_full=False)


def extensions(conn: Connection, viewer: Viewer) -> Sequence[Extension]:
    """Return extensions that a viewer may fax from, by number: no more than can be chosen from."""
    return accounts.extensions_of(conn, viewer, CHOICES)


def sent_one(conn: Connection, viewer: Viewer, fax_id: str) -> FaxView:
    """Return one fax that an extension in the viewer's tree has sent. Raises NotFound."""
    known = fax_id.isascii() and fax_id.isdigit() and len(fax_id) <= 18
    fax = faxes.fax_view(conn, viewer, int(fax_id)) if known else None
    if fax is None:
        raise NotFound("There is no such fax.")
    return fax


def confirmed_pages(
    conn: Connection, viewer: Viewer, fax_id: str, position: str
) -> tuple[FaxView, int, Sequence[ConfirmedPage]]:
    """Return a fax, the place of one of its recipients (0 is the first), and that one's pages with their proofs.

    Raises as `sent_one`, and NotFound when there is no such recipient.
    """
    fax = sent_one(conn, viewer, fax_id)
    at = position_of(fax, position)
    return fax, at, receipts.confirmed_pages(conn, fax.id, at)


def received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, window: Window
) -> tuple[Listing, list[InboxView]]:
    """Return a page of the faxes received. Raises as `sight`."""
    scopes = collections.scopes_of(views.RECEIVED, sight(conn, viewer, user_id, extension))
    listing = collections.page_of(conn, views.RECEIVED, scopes, window)
    return listing, views.inbox_views(conn, listing.ids)


def news(conn: Connection, viewer: Viewer, user_id: str, extension: str, after_id: int) -> News:
    """Return what has happened to the extensions in sight after one event. Raises as `sight`."""
    looked_at = sight(conn, viewer, user_id, extension)
    happened = _happened(conn, collections.scopes_of(views.HAPPENED, looked_at), after_id)
    return News(happened, looked_at.extensions, is_last=False)


def news_of_fax(conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, after_id: int) -> News:
    """Return what has happened to one fax after one event. Raises as `fax_of`."""
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    happened = _happened(conn, views.happened_to(fax.id), after_id)
    is_over = not any(delivery.state in PENDING for delivery in fax.deliveries)
    looked_at = sight(conn, viewer, user_id, extension)
    return News(happened, looked_at.extensions, is_last=is_over and len(happened) < AT_ONCE)


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


def received_of(conn: Connection, viewer: Viewer, inbox_id: int) -> InboxView:
    """Return one fax that any extension in sight has received. Raises NotFound."""
    found = views.inbox_views(conn, [inbox_id])
    if not found or accounts.extension_for(conn, viewer, found[0].extension) is None:
        raise NotFound("You have received no such fax.")
    return found[0]


def beside(conn: Connection, viewer: Viewer, inbox_id: int) -> tuple[int | None, int | None]:
    """Return the received faxes in sight that came next after one, and last before it."""
    scopes = collections.scopes_of(views.RECEIVED, collections.everything(conn, viewer))

    def next_to(*, backwards: bool) -> int | None:
        window = Window(1, 0, Anchor(inbox_id, total=0, backwards=backwards), descending=True)
        return next(iter(collections.page_of(conn, views.RECEIVED, scopes, window).ids), None)

    return next_to(backwards=True), next_to(backwards=False)


def turn(conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str, *, degrees: int) -> InboxView:
    """Have a received fax shown so many degrees further clockwise, and return it. Raises as `received_one`."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    views.set_turned(conn, fax.id, (fax.turned + degrees) % 360 // 90 * 90)
    return received_one(conn, viewer, user_id, extension, inbox_id)


def _happened(conn: Connection, scopes: Scopes, after_id: int) -> Sequence[Event]:
    anchor = Anchor(after_id, total=0, backwards=False)
    return events.events_of(conn, collections.page_of(conn, views.HAPPENED, scopes, Window(AT_ONCE, 0, anchor)).ids)
