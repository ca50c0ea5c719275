"""Idempotency-Key: what is asked twice is done once, and answered twice."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tests.web.uapi.bodies import files, to
from tests.world import NOW, Person, World
from unifax.model.accounts import AccountKind, Viewer
from unifax.model.errors import InFlight, RequestInvalid
from unifax.service.idempotency import Key, Keys, Once, meaning
from unifax.web.uapi.replay import key_of

FAXES = "/uapi/faxes/@me/0003*210"


def send(
    world: World, key: str, who: Person | None = None, number: str = "7778888", *contents: bytes, path: str = FAXES
) -> httpx.Response:
    return world.ask(
        "POST",
        path,
        who or world.bob,
        data=to(number),
        files=files(*(contents or (b"hello",))),
        headers={"Idempotency-Key": key},
    )


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_fax_sent_twice_under_one_key_is_one_fax(world: World) -> None:
    first = send(world, '"8e03978e-40d5-43dd-bc93-6894a57f9324"')
    again = send(world, "8e03978e-40d5-43dd-bc93-6894a57f9324")
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert world.faxes() == 1
    assert world.staged() == []


def test_another_request_under_the_same_key_is_refused(world: World) -> None:
    assert send(world, "k").status_code == 200
    for answer in (
        send(world, "k", number="7778801"),
        send(world, "k", None, "7778888", b"another"),
        send(world, "k", None, "7778888", b"hello", b"hello"),
        send(world, "k", path="/uapi/faxes/@owner/0003*210"),
    ):
        assert code(answer) == (422, "idempotency_key_reused")
    assert send(world, "K").status_code == 200
    assert world.faxes() == 2


def test_a_key_is_its_apps_own(world: World) -> None:
    assert send(world, "k").status_code == 200
    other = send(world, "k", world.charlie, path="/uapi/faxes/@me/0004*210")
    assert (other.status_code, other.json()["id"]) == (200, "2")


def test_a_refused_request_may_be_corrected(world: World) -> None:
    assert code(send(world, "k", number="999")) == (400, "fx_recipients_invalid")
    assert send(world, "k").status_code == 200


def test_after_a_day_a_key_is_new(world: World) -> None:
    send(world, "k")
    world.now = NOW + timedelta(hours=24)
    world.execute(f"UPDATE tokens SET expires_at = '{(NOW + timedelta(days=9)).isoformat(timespec='microseconds')}'")
    assert send(world, "k", number="7778801").json()["id"] == "2"
    world.now += timedelta(hours=25)
    world.run(Keys(world.db, lambda: world.now).forget())
    assert world.column("SELECT count(*) FROM keys") == [0]


@pytest.mark.parametrize("key", ["", '""', "a" * 256, "two words", '"open', "naïve", '"\x7f"'])
def test_a_key_that_is_none_is_refused(refusing: World, key: str) -> None:
    answer = refusing.ask(
        "POST", FAXES, refusing.bob, data=to("7778888"), files=files(b"x"), headers=[("Idempotency-Key", key.encode())]
    )
    assert code(answer) == (400, "request_invalid")


@given(st.text())
def test_any_text_is_a_key_or_refused(text: str) -> None:
    viewer = Viewer(1, AccountKind.USER, 1)
    headers = [(b"idempotency-key", text.encode())]
    try:
        key = key_of(Request({"type": "http", "headers": headers}), viewer)
    except RequestInvalid:
        return
    assert key is not None
    assert 0 < len(key.key) <= 255


def test_a_fax_announced_twice_is_announced_once_with_the_same_addresses(world: World) -> None:
    asked = {"recipients": ["7778888"], "files": [{"name": "a.txt", "size": 3, "type": "text/plain"}]}
    first, again = (world.ask("POST", FAXES, world.bob, json=asked, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    assert (again.headers["idempotency-replayed"], world.faxes()) == ("true", 1)
    reused = world.ask("POST", FAXES, world.bob, json=asked | {"priority": "low"}, headers={"Idempotency-Key": "k"})
    assert code(reused) == (422, "idempotency_key_reused")


def test_to_send_again_twice_is_to_send_again_once(world: World) -> None:
    send(world, "k")
    world.ask("POST", f"{FAXES}/1/cancel", world.bob)
    first, again = (
        world.ask("POST", f"{FAXES}/1/resend", world.bob, headers={"Idempotency-Key": "r"}) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (200, again.json())
    assert "idempotency-replayed" in again.headers
    assert world.ask("POST", f"{FAXES}/1/resend", world.bob).status_code == 409


def test_while_the_first_is_being_answered_the_second_is_told_to_wait(world: World) -> None:
    keys, key = Keys(world.db, lambda: NOW), Key("app 1", "k")
    with keys.held(key), pytest.raises(InFlight), keys.held(key):
        pass
    with keys.held(key), keys.held(Key("app 2", "k")), keys.held(None), keys.held(None):
        pass


def test_two_requests_at_once_make_one_fax(world: World) -> None:
    site = world.site()

    async def both() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://unifax") as client:
            return await asyncio.gather(
                *(
                    client.post(
                        FAXES,
                        data=to("7778888"),
                        files=files(b"hello"),
                        headers={"Authorization": f"Bearer {world.bob.token}", "Idempotency-Key": "k"},
                    )
                    for _ in range(2)
                )
            )

    assert sorted(answer.status_code for answer in world.run(both())) in ([200, 200], [200, 409])
    assert world.faxes() == 1


def test_what_another_process_has_done_meanwhile_is_not_done_here(world: World) -> None:
    keys = Keys(world.db, lambda: NOW)
    once = Once(Key("app 1", "k"), meaning("a"))
    world.db.write(keys.keep, once, "{}")
    with pytest.raises(InFlight):
        world.db.write(keys.keep, once, "{}")


def test_what_is_asked_has_one_meaning_however_it_is_spelt() -> None:
    one, other = (json.loads(text) for text in ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}'))
    assert meaning(one) == meaning(other) != meaning(other, 1)
