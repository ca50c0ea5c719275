"""Rates on the wire: told with every answer, refused in the one shape, before a body is read."""

import re
from datetime import datetime, timedelta

import pytest

from tests.web.loopback import connected, post, read_answer, serving
from tests.web.uapi.bodies import files, to
from tests.world import NOW, World
from unifax.service.rates import Quotas, Rates

SEND, SHOW = "/uapi/faxes/@me/0003*210", "/uapi/faxes/@me/0003*210/1"


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_every_answer_tells_where_the_app_and_its_account_stand(world: World) -> None:
    world.rates = Rates(Quotas(app=10, account=20, faxes=5), Clock())
    sent = world.ask("POST", SEND, world.bob, data=to("7778888"), files=files(b"text"))
    assert sent.headers["ratelimit-policy"] == '"app";q=10;w=60, "account";q=20;w=60, "faxes";q=5;w=60'
    assert sent.headers["ratelimit"] == '"app";r=9;t=6, "account";r=19;t=3, "faxes";r=4;t=12'
    missed = world.ask("GET", "/uapi/faxes/@me/0003*210/99", world.bob)
    assert missed.status_code == 404
    assert missed.headers["ratelimit"] == '"app";r=8;t=12, "account";r=18;t=6'


def test_one_too_many_is_429_and_who_waits_as_told_is_let_in(world: World) -> None:
    clock = Clock()
    world.rates = Rates(Quotas(app=2), clock)
    assert [world.ask("GET", SHOW, world.bob).status_code for _ in range(3)] == [404, 404, 429]
    refused = world.ask("GET", SHOW, world.bob)
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert refused.headers["retry-after"] == "30"
    assert '"app";r=0;t=30' in refused.headers["ratelimit"]
    assert world.ask("GET", SHOW, world.beth).status_code != 429
    clock.now += timedelta(seconds=30)
    assert world.ask("GET", SHOW, world.bob).status_code == 404


def test_faxes_are_limited_apart_from_looking_at_them(world: World) -> None:
    world.rates = Rates(Quotas(faxes=1), Clock())
    given = {"data": to("7778888"), "files": files(b"text")}
    assert [world.ask("POST", SEND, world.bob, **given).status_code for _ in range(2)] == [200, 429]
    assert world.ask("GET", SHOW, world.bob).status_code == 200
    assert world.faxes() == 1


@pytest.mark.parametrize("shown", [None, "Bearer guess"])
def test_guessing_is_limited_by_address_but_locks_nobody_out(world: World, shown: str | None) -> None:
    world.rates = Rates(Quotas(strangers=2), Clock())
    headers = {} if shown is None else {"Authorization": shown}
    answers = [world.ask("GET", SHOW, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert re.fullmatch(r'"address";r=0;t=\d+', answers[2].headers["ratelimit"])
    assert world.ask("GET", SHOW, world.bob).status_code == 404


def test_too_many_is_said_before_the_body_has_come(world: World) -> None:
    world.rates = Rates(Quotas(faxes=1), Clock())
    world.ask("POST", SEND, world.bob, data=to("7778888"), files=files(b"text"))

    async def talk() -> tuple[int, str]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            head = f"Authorization: {world.bob.token}\nContent-Type: multipart/form-data; boundary=x"
            writer.write(post(SEND, head, b"--x", "Content-Length: 1000000"))
            answer = await read_answer(reader)
            assert {"Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"} <= set(answer.headers)
            return answer.status, answer.error()

    assert world.run(talk()) == (429, "too_many_requests")
