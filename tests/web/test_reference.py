"""What the site says about itself: for programs, for people, for language models."""

import re

import pytest
from fastapi.routing import APIRoute

from tests.web.write_reference import DOCS, reference
from tests.world import World
from unifax.model.errors import Refused
from unifax.web.auth import Door
from unifax.web.openapi import codes, openapi_of
from unifax.web.openapi_words import GROUPS
from unifax.web.reference import said
from unifax.web.site import routers
from unifax.web.uapi.errors import CODES


def routes(world: World) -> list[APIRoute]:
    door = Door(world.db, lambda: pytest.fail("no request was made"), world.rates)
    every = routers(world.office(), door, 60.0)
    return [route for router in every for route in router.routes if isinstance(route, APIRoute)]


def operations(openapi: dict[str, dict[str, dict[str, dict[str, object]]]]) -> dict[tuple[str, str], dict[str, object]]:
    return {(m.upper(), path): each for path, methods in openapi["paths"].items() for m, each in methods.items()}


def test_every_route_is_in_the_openapi_document_once_for_each_method(refusing: World) -> None:
    there = {
        (method, route.path_format)
        for route in routes(refusing)
        if route.include_in_schema
        for method in set(route.methods or ()) - {"HEAD"}
    }
    told = operations(refusing.ask("GET", "/openapi.json").json())
    assert set(told) == there
    ids = [each["operationId"] for each in told.values()]
    assert len(ids) == len(set(ids))


def test_every_operation_says_in_words_what_it_does(refusing: World) -> None:
    for address, each in operations(refusing.ask("GET", "/openapi.json").json()).items():
        assert each["summary"], address
        assert each["tags"] != ["Service"] or address[1] in {"/healthz", "/readyz", "/metrics"}, (
            f"{address}: see GROUPS"
        )


def test_every_route_behind_the_door_asks_for_a_token_and_no_other(refusing: World) -> None:
    for (method, path), each in operations(refusing.ask("GET", "/openapi.json").json()).items():
        address = re.sub(r"\{\w+\}", "1", path)
        answer = refusing.ask(method, address)
        refused = answer.status_code == 401 and "www-authenticate" in answer.headers
        assert refused == bool(each["security"]), (method, path, answer.text)


@pytest.mark.parametrize("name", ["openapi.json", "llms.txt"])
def test_what_is_committed_is_what_is_served(refusing: World, name: str) -> None:
    assert (DOCS / name).read_text() == reference(refusing)[name], "the routes have changed: make reference"


def test_the_document_is_always_the_same(refusing: World) -> None:
    door = Door(refusing.db, lambda: pytest.fail("no request was made"), refusing.rates)
    first, second = (openapi_of(routers(refusing.office(), door, 60.0), "1") for _ in range(2))
    assert first == second


def test_every_reference_leads_somewhere(refusing: World) -> None:
    openapi = refusing.ask("GET", "/openapi.json")
    for pointer in set(re.findall(r'"\$ref":"#/([^"]+)"', openapi.text)):
        found = openapi.json()
        for step in pointer.split("/"):
            found = found[step]
        assert found, pointer


def test_every_code_of_an_error_stands_at_its_status() -> None:
    assert {"access_denied"} == set(codes(401))
    for kind in Refused.__subclasses__():
        if kind.status >= 400:
            assert kind.code in codes(kind.status)
    for status, code in CODES.items():
        assert code in codes(status)


def test_the_page_is_whole_without_anything_from_elsewhere(refusing: World) -> None:
    answer = refusing.ask("GET", "/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<script|<link|<img|src=|@import|url\(|https?://", answer.text)


def test_the_page_tells_of_every_route_and_every_link_of_it_leads_somewhere(refusing: World) -> None:
    page = refusing.ask("GET", "/docs").text
    for method, path in operations(refusing.ask("GET", "/openapi.json").json()):
        assert f'<span class="verb">{method}</span><span class="path">{path}</span>' in page
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_what_a_description_says_cannot_become_markup() -> None:
    assert said("a `<b>` & <i>\n\nb") == "<p>a <code>&lt;b&gt;</code> &amp; &lt;i&gt;</p><p>b</p>"


def test_llms_txt_has_the_form_and_names_every_route(refusing: World) -> None:
    answer = refusing.ask("GET", "/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    first, second, *_ = answer.text.split("\n\n")
    assert first == "# Unifax"
    assert second.startswith("> ")
    page = refusing.ask("GET", "/docs").text
    told = re.findall(r"^- \[(\w+) (\S+)\]\(/docs#(\w+)\): \S", answer.text, re.MULTILINE)
    assert {(method, path) for method, path, _ in told} == set(operations(refusing.ask("GET", "/openapi.json").json()))
    assert all(f'id="{anchor}"' in page for _, _, anchor in told)
    assert set(re.findall(r"^## (.+)$", answer.text, re.MULTILINE)) <= {name for name, _ in GROUPS.values()} | {
        "Documents"
    }


def test_the_example_of_llms_txt_is_true(world: World) -> None:
    text = world.ask("GET", "/llms.txt").text
    (request,) = set(re.findall(r"request=(\{[^']+\})'", text))
    answer = world.ask(
        "POST", "/uapi/faxes/@me/0003*210", world.bob, data={"request": request}, files=[("files", b"text")]
    )
    assert answer.json()["id"] == "1"
    assert world.ask("GET", "/uapi/faxes/@me/0003*210/1", world.bob).json()["recipients"][0]["number"] == "+15550100"
