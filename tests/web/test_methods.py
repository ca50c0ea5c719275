"""Methods: HEAD as GET, OPTIONS and 405 name the methods there are, and other services are 501."""

import pytest

from tests.web.test_reference import routes
from tests.world import World

SERVICES = [
    "cdr",
    "cdr/33",
    "cdr/33/?count=20&startIndex=0",
    "phoneCalls/@me/@self",
    "phoneCalls/@me/@self/?count=1",
    "phoneCalls/@me/0003*210/d2a4/",
    "extensions/@me/0003*210/phoneCallEvents/1/2",
    "extensions/@me/0003*210/presence",
    "extensions/@self",
    "anything/at/all/of/any/depth",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]


@pytest.mark.parametrize("prefix", ["/uapi", "/unifiedapi"])
@pytest.mark.parametrize("service", SERVICES)
def test_other_services_of_the_unifiedapi_are_not_implemented(refusing: World, prefix: str, service: str) -> None:
    for method in METHODS:
        answer = refusing.ask(method, f"{prefix}/{service}", refusing.bob)
        assert (answer.status_code, answer.headers["content-type"]) == (501, "application/json"), method
        assert method == "HEAD" or answer.json()["error"]["code"] == "request_not_implemented"


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_shows_no_token_does_not_even_learn_that(refusing: World, service: str) -> None:
    answer = refusing.ask("GET", f"/uapi/{service}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_denied")
    assert "www-authenticate" in answer.headers


def test_other_services_count_as_requests_and_need_the_database(world: World) -> None:
    world.execute("ALTER TABLE tokens RENAME TO mislaid")
    answer = world.ask("GET", "/uapi/cdr", world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")
    assert "retry-after" in answer.headers


def test_every_address_names_its_methods_and_refuses_the_others(refusing: World) -> None:
    every = routes(refusing)
    for route in every:
        there = {m for other in every if other.path_regex.match(route.path_format) for m in other.methods or ()}
        options = refusing.ask("OPTIONS", route.path_format)
        assert (options.status_code, options.content) == (204, b"")
        assert set(options.headers["allow"].split(", ")) == there | {"OPTIONS"}
        refused = refusing.ask("BREW", route.path_format)
        flat = route.path_format.startswith("/oauth/")  # RFC 6749 5.2
        told = refused.json()["error"] if flat else refused.json()["error"]["code"]
        assert (refused.status_code, told) == (405, "invalid_request" if flat else "method_not_allowed")
        assert set(refused.headers["allow"].split(", ")) == there | {"OPTIONS"}


def test_whatever_can_be_read_can_be_asked_for_its_head(refusing: World) -> None:
    assert [route.path for route in routes(refusing) if "GET" in (m := route.methods or ()) and "HEAD" not in m] == []
