"""What an organization may fax in a day, and whom nobody may."""

from dataclasses import replace
from datetime import timedelta

import httpx

from tests.web.uapi.bodies import files, to
from tests.world import Person, World


def send(world: World, who: Person, *numbers: str) -> httpx.Response:
    assert who.extension is not None
    address = f"/uapi/faxes/@me/{who.extension.number}"
    return world.ask("POST", address, who, data=to(*numbers), files=files(b"hello"))


def test_an_organization_may_call_so_many_numbers_a_day_and_is_told_when_it_may_again(world: World) -> None:
    world.limits = replace(world.limits, organization_recipients=3)
    assert send(world, world.bob, "040100", "040101").is_success
    world.now += timedelta(minutes=30)
    answer = send(world, world.beth, "040102", "040103")
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert answer.headers["Retry-After"] == str(23 * 3600 + 1800)
    assert send(world, world.beth, "040102").is_success
    assert send(world, world.charlie, "040104").is_success, "another organization"
    assert send(world, world.bob, "0003*211").is_success, "nobody is called"
    world.execute("UPDATE faxes SET accepted_at = '2026-02-02T04:05:06.000000+00:00'")
    assert send(world, world.bob, "040105").is_success


def test_pages_count_once_for_each_number_called(world: World) -> None:
    world.limits = replace(world.limits, organization_pages=6)
    assert send(world, world.bob, "040100", "040101", "0003*211").is_success
    world.execute("UPDATE faxes SET pages = 2, document = 'made'")
    assert send(world, world.beth, "040102").is_success
    world.execute("UPDATE faxes SET pages = 2, document = 'made'")
    assert send(world, world.bob, "040103").status_code == 429
    assert send(world, world.charlie, "040103").is_success


def test_a_number_that_nobody_may_call_is_refused_with_a_sentence(world: World) -> None:
    answer = send(world, world.bob, "0900-123")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "fx_recipients_invalid")
    assert answer.json()["error"]["message"] == "'0900123' may not be called."
