"""Which pages the fax centre has, and what its menu says of them: a table. Knows nothing of what is on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from unifax.service.office import Office
from unifax.web.center import contacts, fax, hooks, programs, received, received_paper, search, send, sent
from unifax.web.center.frame import OPERATORS, Center, Entry
from unifax.web.center.operator import accounts, audit, calls, failures, now, use
from unifax.web.center.operator.door import OPERATOR
from unifax.web.languages import N_
from unifax.web.pages import Pages


@dataclass(frozen=True, slots=True)
class Room:
    """Pages that belong together."""

    routes: Callable[[Center], APIRouter]
    entries: Sequence[Entry] = ()
    "In the menu."


ROOMS: Sequence[Room] = [
    Room(send.routes, [Entry(N_("Send"), send.SEND)]),
    Room(sent.routes, [Entry(N_("Sent"), sent.SENT)]),
    Room(fax.routes),
    Room(received.routes, [Entry(N_("Received"), received.RECEIVED)]),
    Room(received_paper.routes),
    Room(search.routes, [Entry(N_("Search"), search.SEARCH)]),
    Room(contacts.routes, [Entry(N_("Contacts"), contacts.CONTACTS)]),
    Room(hooks.routes, [Entry(N_("Hooks"), hooks.HOOKS)]),
    Room(programs.routes, [Entry(N_("Apps"), programs.APPS)]),
    Room(now.routes, [Entry(N_("Service"), OPERATOR, OPERATORS)]),
    Room(failures.routes),
    Room(use.routes),
    Room(calls.routes),
    Room(accounts.routes),
    Room(audit.routes),
]
"In the order of the menu."


def center_routes(office: Office, pages: Pages, silence_seconds: float) -> list[APIRouter]:
    """Return the routes of the fax centre."""
    center = Center(office, pages, silence_seconds, [entry for room in ROOMS for entry in room.entries])
    return [room.routes(center) for room in ROOMS]
