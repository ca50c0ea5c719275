"""Charlie, of another organization, tries everything that is Alice's and Bob's; and every route there is, is tried."""

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match

from tests.web.uapi.bodies import files, to
from tests.world import World
from unifax.web.auth import Door
from unifax.web.center.rooms import center_routes
from unifax.web.pages import Pages
from unifax.web.site import routers

RECORDED = ("transcript", "packets.pcap.gz")
RECORDS = tuple(f"recipients/1/calls/1/{each}" for each in RECORDED)
DOCUMENTS = ("document.tif", "document.pdf", "pages/1.png", "thumbnails/1.png")
OPEN_TO_ALL = {
    *("/healthz", "/readyz", "/openapi.json", "/docs", "/llms.txt"),
    "/metrics",  # to those on this host, and names nobody: tests/web/test_ops.py
    "/assets/{name}",
    *("/.well-known/oauth-authorization-server", "/.well-known/jwks.json"),
}
TO_COME_IN = {
    "/oauth/token.php",
    "/oauth/revoke.php",
    "/oauth/authorize.php",
    "/oauth/consent",
    "/sign-in",
    "/sign-out",
    "/language",
}
"They take no token: they give one. Charlie tries them in tests/web/oauth."
LISTS_OF_ONES_OWN = {(f"/admin/{each}", "GET") for each in ("accounts", "extensions", "apps", "audit")}
"What they hold for whom is tried in tests/web/admin/test_who_may.py."
THE_SAME_FOR_ALL = {("/uapi/covers", "GET")}

BOBS_HOOKS = "/uapi/extensions/@me/0003*210/faxEvents"
KEEPING = [("GET", "deletion"), ("DELETE", "content"), ("PUT", "hold"), ("DELETE", "hold")]
ONE_HOOK = [
    ("GET", "/0/1"),
    ("PUT", "/0/1"),
    ("DELETE", "/0/1"),
    ("POST", "/0/1/secret"),
    ("POST", "/0/1/replay"),
    ("GET", "/0/1/notices"),
]
HOOKS = [("GET", ""), ("GET", "/0"), ("POST", ""), ("POST", "/0"), *ONE_HOOK]


def tried(world: World) -> list[tuple[str, str, int, str]]:
    """Method, address, and what Charlie gets."""
    bob, alice = world.bob.id, world.alice.id
    tries = []
    for user, status, code in (
        ("@me", 401, "access_denied"),
        ("@viewer", 401, "access_denied"),
        ("@owner", 401, "access_denied"),
        (str(bob), 401, "access_denied"),
        (str(alice), 401, "access_denied"),
    ):
        tries.append(("POST", f"/uapi/faxes/{user}/0003*210", status, code))
        tries.append(("GET", f"/uapi/faxes/{user}/0003*210/1", status, code))
        for what in (
            "",
            "/1/recipients",
            "/1/recipients/1/calls",
            "/1/report",
            "/events",
            "/1/events",
            *(f"/1/{each}" for each in (*RECORDS, *DOCUMENTS)),
        ):
            tries.append(("GET", f"/uapi/faxes/{user}/0003*210{what}", status, code))
        for what in ("", "/1", *(f"/1/{each}" for each in (*RECORDED, *DOCUMENTS))):
            tries.append(("GET", f"/uapi/inbox/{user}/0003*210{what}", status, code))
        tries.append(("PATCH", f"/uapi/inbox/{user}/0003*210/1", status, code))
        tries.append(("PUT", f"/uapi/inbox/{user}/0003*210/1", status, code))
        tries.append(("POST", f"/uapi/faxes/{user}/0003*210/1/cancel", status, code))
        tries.append(("PUT", f"/uapi/faxes/{user}/0003*210/1/recipients/1/decision", status, code))
        tries.append(("GET", f"/uapi/faxes/{user}/0003*210/1/recipients/1/receipt", status, code))
        tries.append(("POST", f"/uapi/faxes/{user}/0003*210/1/resend", status, code))
        for address in (f"/uapi/faxes/{user}/0003*210/1", f"/uapi/inbox/{user}/0003*210/1"):
            tries += [(how, f"{address}/{what}", status, code) for how, what in KEEPING]
        tries += [(how, f"/uapi/extensions/{user}/0003*210/faxEvents{path}", status, code) for how, path in HOOKS]
    for user in (str(bob), str(alice)):
        tries.append(("GET", f"/uapi/faxes/{user}/@self", 401, "access_denied"))
        tries.append(("GET", f"/uapi/inbox/{user}/@self", 401, "access_denied"))
        tries.append(("GET", f"/uapi/faxes/{user}/@self/events", 401, "access_denied"))
    # Short numbers, and fax ids, mean Charlie's own; what is not his does not exist.
    tries.append(("POST", "/uapi/faxes/@me/211", 400, "extension_invalid"))
    tries.append(("GET", "/uapi/faxes/@me/211/1", 400, "extension_invalid"))
    tries.append(("GET", "/uapi/faxes/@me/210/1", 404, "not_found"))
    for what in ("recipients", "recipients/1/calls", "report", "events", *RECORDS, *DOCUMENTS):
        tries.append(("GET", f"/uapi/faxes/@me/210/1/{what}", 404, "not_found"))
    tries.append(("GET", "/uapi/inbox/@me/210/1", 404, "not_found"))
    for what in (*RECORDED, *DOCUMENTS):
        tries.append(("GET", f"/uapi/inbox/@me/210/1/{what}", 404, "not_found"))
    tries.append(("PUT", "/uapi/inbox/@me/210/1", 404, "not_found"))
    for address in ("/uapi/faxes/@me/210/1", "/uapi/inbox/@me/210/1"):
        tries += [(how, f"{address}/{what}", 404, "not_found") for how, what in KEEPING if what != "hold"]
    tries.append(("POST", "/uapi/faxes/@me/210/1/cancel", 404, "not_found"))
    tries.append(("POST", "/uapi/faxes/@me/210/1/resend", 404, "not_found"))
    tries.append(("GET", "/uapi/faxes/@owner/0004*210/1", 404, "not_found"))
    tries += [(how, f"/uapi/extensions/@me/210/faxEvents{path}", 404, "not_found") for how, path in ONE_HOOK]
    tries.append(("POST", "/uapi/faxes", 400, "extension_invalid"))
    tries.append(("POST", f"/uapi/faxes/{bob}", 400, "extension_invalid"))
    tries.append(("POST", "/uapi/faxes//0003*210", 400, "extension_invalid"))
    tries.append(("PUT", "/uploads/1-0-" + "A" * 43, 404, "not_found"))
    return tries + administered(world)


def administered(world: World) -> list[tuple[str, str, int, str]]:
    """The same of `/admin`; everybody tries more of it in tests/web/admin/test_who_may.py."""
    app = world.bob.viewer.app_id
    tries = [("POST", f"/admin/{each}", 400, "request_invalid") for each in ("accounts", "extensions", "apps")]
    for method in ("GET", "PATCH", "DELETE"):
        for address in (f"/admin/accounts/{world.bob.id}", "/admin/extensions/0003*210", f"/admin/apps/{app}"):
            tries.append((method, address, 404, "not_found"))
    for method in ("GET", "PUT", "DELETE"):  # of the installation: no organization sees whom another one calls
        tries.append((method, "/admin/destinations/7778888", 401, "access_denied"))
    tries.append(("GET", "/admin/destinations", 401, "access_denied"))
    tries.append(("GET", "/admin/trunks", 401, "access_denied"))
    for what in ("", *(f"/1/{each}" for each in RECORDED)):
        tries.append(("GET", f"/admin/missed-calls{what}", 401, "access_denied"))
    tries.append(("PUT", f"/admin/accounts/{world.bob.id}/password", 404, "not_found"))
    tries.append(("POST", f"/admin/apps/{app}/secret", 404, "not_found"))
    tries.append(("POST", f"/admin/apps/{app}/tokens", 404, "not_found"))
    return tries


@pytest.mark.parametrize("spelling", ["/uapi", "/unifiedapi"])
def test_charlie_gets_nothing(world: World, spelling: str) -> None:
    accepted = world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, data=to("7778888"), files=files(b"secret"))
    assert accepted.json()["id"] == "1"
    hook = world.ask("POST", BOBS_HOOKS, world.bob, json={"type": 0, "url": "https://bob.example/"})
    assert hook.json()["id"] == "1"
    for method, address, status, code in tried(world):
        body = {"data": to("7778888"), "files": files(b"mine")} if method == "POST" else {}
        if address.startswith("/admin"):
            body = {"json": {"password": "Charlie was here"} if address.endswith("password") else {}}
        answer = world.ask(method, address.replace("/uapi", spelling, 1), world.charlie, **body)
        assert (address, answer.status_code, answer.json()["error"]["code"]) == (address, status, code)
    assert world.faxes() == 1
    assert world.staged() == []
    assert world.ask("GET", BOBS_HOOKS, world.bob).json()["entry"][0]["url"] == "https://bob.example/"


def test_every_route_is_tried(world: World) -> None:
    """Those of the fax centre take no token: they are tried in tests/web/center/test_tenants.py."""
    door = Door(world.db, lambda: pytest.fail("no request was made"), world.rates)
    every = routers(world.office(), door, 60.0)
    routes = apis(every)
    center = {route.path for route in apis(center_routes(world.office(), Pages(), 60.0))}
    spoken = {
        (route.path, method) for method, address, _, _ in tried(world) for route in matching(routes, method, address)
    }
    there = {(route.path, method) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert {
        (path, method) for path, method in there if path not in OPEN_TO_ALL | TO_COME_IN | center
    } == spoken | LISTS_OF_ONES_OWN | THE_SAME_FOR_ALL


def apis(every: list[APIRouter]) -> list[APIRoute]:
    return [route for router in every for route in router.routes if isinstance(route, APIRoute)]


def matching(routes: list[APIRoute], method: str, address: str) -> list[APIRoute]:
    """Return the route that answers, as the first of a list."""
    scope = {"type": "http", "method": method, "path": address}
    return [route for route in routes if route.matches(scope)[0] is Match.FULL][:1]


def test_charlie_may_fax_to_bob_as_anybody_may(world: World) -> None:
    answer = world.ask("POST", "/uapi/faxes/@me/0004*210", world.charlie, data=to("0003*210"), files=files(b"hello"))
    assert answer.status_code == 200
    # but Bob sees the fax in his inbox only, not as one of his own
    assert world.ask("GET", "/uapi/faxes/@me/0003*210/1", world.bob).status_code == 404
