"""Charlie, of another organization, signs in and tries every address of the fax centre that is Bob's."""

from fastapi.routing import APIRoute

from tests.web.center.conftest import signed_in
from tests.web.uapi.bodies import to
from tests.world import World
from unifax.web.center.rooms import center_routes
from unifax.web.pages import Pages

NOT_HIS: set[tuple[str, str]] = {
    *(("GET", f"/{each}") for each in ("sent/1", "faxes/1", "faxes/1/recipients", "faxes/1/pages")),
    ("GET", "/faxes/1/recipients/1"),
    *(("POST", f"/faxes/1/{each}") for each in ("cancel", "resend", "hold", "recipients/1/decision")),
    ("GET", "/operator"),
    ("GET", "/operator/accounts"),
    ("GET", "/operator/audit"),
    ("GET", "/operator/calls"),
    ("GET", "/operator/calls/1/1/1"),
    ("GET", "/operator/failures"),
    ("GET", "/operator/use"),
    *(("GET", f"/received/1{what}") for what in ("", "/fax.pdf", "/pages/1.png", "/thumbnails/1.png")),
    *(("POST", f"/received/1/{deed}") for deed in ("read", "turn", "forward", "mail", "delete")),
    *((method, "/contacts/1") for method in ("GET", "POST")),
    ("POST", "/contacts/1/remove"),
    *(("POST", f"/apps/1/{deed}") for deed in ("secret", "enabled", "remove")),
}
"Method and address of what is Bob's alone, or an administrator's: for Charlie it is not there. Bob has sent fax 1."
OF_ONES_OWN = {
    ("GET", "/"),
    ("GET", "/sent"),
    ("GET", "/send"),
    ("GET", "/send/known"),
    ("GET", "/search"),
    ("GET", "/received"),
    ("GET", "/contacts"),
    ("GET", "/contacts/export"),
    ("GET", "/hooks"),
    ("GET", "/apps"),
}
"What shows everybody his own, and names nothing of anybody else's. It is looked through for what is Bob's."
FILLED = {"to": "7778888", "address": "a@b.example", "number": "7778888", "event": "1"}
"What the forms of all addresses ask for."
REFUSED = {
    ("POST", "/contacts"),
    ("POST", "/contacts/import"),
    ("POST", "/apps"),
    ("POST", "/hooks"),
    ("GET", "/hooks/0003*210/0/1"),
    *(("POST", f"/hooks/0003*210/0/1/{deed}") for deed in ("secret", "status", "again", "remove")),
}
"What adds to one's own, tried without a proof; and what names the extension, which exists and is not Charlie's."
WITH_FILES = {("POST", "/send"), ("POST", "/send/preview")}
"They name an extension in a form: tests/web/center/test_send.py tries one that is another's."
BOBS = ("0003*210", "bobs-secret.txt", "7778888")


def test_charlie_sees_nothing_of_bobs(world: World) -> None:
    sent = {"files": [("files", ("bobs-secret.txt", b"secret", "text/plain"))], "data": to("7778888")}
    assert world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, **sent).json()["id"] == "1"
    charlie = signed_in(world, "charlie")
    for method, address in sorted(OF_ONES_OWN):
        page = charlie.get(address) if method == "GET" else charlie.send(address, charlie.proven())
        assert [word for word in BOBS if word in page.text] == [], address
    for method, address in sorted(NOT_HIS):
        page = charlie.get(address) if method == "GET" else charlie.send(address, charlie.proven() | FILLED)
        assert page.status_code == 404, address
    for method, address in sorted(REFUSED):
        page = charlie.get(address) if method == "GET" else charlie.send(address, FILLED)
        assert page.status_code in {400, 403}, address


def test_every_address_is_tried(world: World) -> None:
    routes = [
        route
        for router in center_routes(world.office(), Pages(), 60.0)
        for route in router.routes
        if isinstance(route, APIRoute)
    ]
    tried = {
        (method, route.path)
        for method, address in NOT_HIS | OF_ONES_OWN | REFUSED | WITH_FILES
        for route in routes
        if route.path_regex.match(address) and method in (route.methods or ())
    }
    there = {(method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    assert there == tried
