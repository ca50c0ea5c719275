"""Hooks: who is told of the faxes of an extension, and how that went lately. Decides nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.collection import Window
from unifax.model.errors import NotFound, RequestInvalid
from unifax.model.hook import Hook, HookMethod, HookStatus, HookType, NoticeState
from unifax.service.hooks import Again, Place, Wish
from unifax.store.directory import terminal_page
from unifax.web.center.contacts import number_of
from unifax.web.center.frame import Center, Visitor
from unifax.web.languages import N_
from unifax.web.pages import sent_on

HOOKS = "/hooks"
HOOK = "/hooks/{extension}/{kind}/{hook}"
READ = ["GET", "HEAD"]
EXTENSIONS_SHOWN = 200
NOTICES_SHOWN = 25

KINDS = {
    HookType.FAX_OUT: N_("a fax sent changes its state"),
    HookType.RECIPIENT: N_("a recipient of a fax sent changes its state"),
    HookType.FAX_IN: N_("a fax is received"),
}
METHODS = {HookMethod.GET: "GET", HookMethod.POST: N_("POST, a form"), HookMethod.JSON: N_("POST, JSON")}
STATES = {
    NoticeState.WAITING: (N_("To be told"), "open"),
    NoticeState.TOLD: (N_("Told"), "good"),
    NoticeState.GIVEN_UP: (N_("Given up"), "bad"),
}
WORDS: dict[str, object] = {"kinds": KINDS, "methods": METHODS, "states": STATES, "on": HookStatus.ON}


def routes(center: Center) -> APIRouter:
    """Return the routes of hooks."""
    router = center.router()
    _add_pages(center, router)
    _add_deeds(center, router)
    return router


@dataclass(frozen=True, slots=True)
class Chosen:
    """The hook that an address names."""

    visitor: Visitor
    place: Place
    id: int


def _choosing(center: Center) -> Callable[..., Awaitable[Chosen]]:
    async def choose(
        visitor: Annotated[Visitor, Depends(center.visitor)], extension: str, kind: str, hook: str
    ) -> Chosen:
        """Raises NotFound."""
        return Chosen(visitor, _place(visitor, extension, kind), number_of(hook))

    return choose


def _add_pages(center: Center, router: APIRouter) -> None:
    office, choose = center.office, _choosing(center)

    @router.api_route(HOOKS, methods=READ)
    async def hooks(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Show the hooks of one extension, and which others there are."""
        _, there = await office.db.aread(terminal_page, visitor.viewer, Window(EXTENSIONS_SHOWN))
        numbers = [each.number for each in there]
        chosen = request.query_params.get("extension") or (numbers[0] if numbers else "")
        found = await office.hooks.all(Place(visitor.viewer, "@owner", chosen)) if chosen else ()
        return center.page(request, visitor, "hooks.html", numbers=numbers, chosen=chosen, found=found, **WORDS)

    @router.api_route(HOOK, methods=READ)
    async def hook(request: Request, chosen: Annotated[Chosen, Depends(choose)]) -> Response:
        """Show one hook, and what it was told last."""
        found = await office.hooks.one(chosen.place, chosen.id)
        listing, notices = await office.hooks.notices(chosen.place, chosen.id, Window(NOTICES_SHOWN, descending=True))
        return _shown(center, request, chosen.visitor, found, chosen.place, notices=notices, total=listing.total)


def _add_deeds(center: Center, router: APIRouter) -> None:
    hooks, choose = center.office.hooks, _choosing(center)

    @router.post(HOOKS)
    async def add(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Add a hook, and show its secret, this once."""
        form = await center.form(request, visitor)
        extension, method = form.one("extension"), form.one("method")
        if method not in {str(each.value) for each in HookMethod}:
            raise RequestInvalid("Say how it is to be told.")
        wish = Wish(form.one("url"), HookMethod(int(method)), None, form.one("note")[:255])
        place = _place(visitor, extension, form.one("kind"))
        assert place.type is not None
        made = await hooks.create(place, place.type, wish)
        return _shown(center, request, visitor, made, place, secret=hooks.keys.secret(made))

    @router.post(HOOK + "/secret")
    async def rotate(request: Request, chosen: Annotated[Chosen, Depends(choose)]) -> Response:
        await center.form(request, chosen.visitor)
        made = await hooks.rotate(chosen.place, chosen.id)
        return _shown(center, request, chosen.visitor, made, chosen.place, secret=hooks.keys.secret(made))

    @router.post(HOOK + "/status")
    async def switch(request: Request, chosen: Annotated[Chosen, Depends(choose)]) -> Response:
        is_on = (await center.form(request, chosen.visitor)).one("on") == "yes"
        wish = Wish(status=HookStatus.ON if is_on else HookStatus.OFF)
        await hooks.change(chosen.place, chosen.id, wish)
        return sent_on(_address(chosen.place, chosen.id))

    @router.post(HOOK + "/again")
    async def again(request: Request, chosen: Annotated[Chosen, Depends(choose)]) -> Response:
        """Tell one event again."""
        event = number_of((await center.form(request, chosen.visitor)).one("event"))
        await hooks.replay(chosen.place, chosen.id, Again(event=event))
        return sent_on(_address(chosen.place, chosen.id))

    @router.post(HOOK + "/remove")
    async def remove(request: Request, chosen: Annotated[Chosen, Depends(choose)]) -> Response:
        await center.form(request, chosen.visitor)
        await hooks.remove(chosen.place, chosen.id)
        return sent_on(f"{HOOKS}?{urlencode({'extension': chosen.place.extension})}")


def _place(visitor: Visitor, extension: str, kind: str) -> Place:
    """Return where a hook is looked for. Raises NotFound."""
    if kind not in {str(each.value) for each in HookType}:
        raise NotFound("There are no such hooks.")
    return Place(visitor.viewer, "@owner", extension, HookType(int(kind)))


def _address(place: Place, hook_id: int) -> str:
    assert place.type is not None
    return f"{HOOKS}/{place.extension}/{place.type.value}/{hook_id}"


def _shown(center: Center, request: Request, visitor: Visitor, hook: Hook, place: Place, **more: object) -> Response:
    values: dict[str, object] = {"notices": (), "total": 0, "secret": None} | more
    values |= {"extension": place.extension, "address": _address(place, hook.id)}
    return center.page(request, visitor, "hook.html", hook=hook, **WORDS, **values)
