"""Live progress: a client on the wire sees a fax go its way, once and in order, for as long as he may."""

import asyncio
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import Desk, ends
from tests.web.loopback import serving
from tests.world import Person, World
from unifax.model.event import Event, EventKind
from unifax.model.outcome import Outcome
from unifax.service.following import Following
from unifax.web.auth import Door
from unifax.web.edge import Edge
from unifax.web.uapi.errors import answer_errors
from unifax.web.uapi.live import live_routes, written

SENT = "/uapi/faxes/@me/0003*210"
PATIENCE_SECONDS = 30.0
"A test that waits longer has failed."


@dataclass
class Site:
    """The live routes on a real server, in a thread of its own; faxes are sent in the test's."""

    port: int
    following: Following
    end: threading.Event

    @contextmanager
    def follow(self, who: Person, address: str, **headers: str) -> Iterator["Stream"]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as connection:
            connection.request("GET", address, headers={"Authorization": f"Bearer {who.token}", **headers})
            yield Stream(connection.getresponse())


@dataclass
class Stream:
    """What comes from the server."""

    answer: HTTPResponse

    def block(self) -> list[str] | None:
        """Return the lines of what comes next, or None at the end."""
        lines = []
        while line := self.answer.readline().decode().rstrip("\n"):
            lines.append(line)
        return lines or None

    def events(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield events with their ids, until the server ends."""
        while (lines := self.block()) is not None:
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if "data" in fields:
                told = json.loads(fields["data"])
                assert fields["event"] == told["type"]
                yield int(fields["id"]), told


@contextmanager
def a_site(world: World, heartbeat_seconds: float = PATIENCE_SECONDS) -> Iterator[Site]:
    started: queue.Queue[Site] = queue.Queue()

    async def run() -> None:
        following = Following(world.db, pause_seconds=0.01)
        office = replace(world.office(), following=following)
        app = FastAPI(redirect_slashes=False)
        door = Door(world.db, office.clock, office.rates)
        app.include_router(live_routes(office, door, heartbeat_seconds))
        answer_errors(app, door.viewer)
        async with asyncio.TaskGroup() as tasks:
            waking = tasks.create_task(following.run())
            async with serving(Edge(app, office.clock, lambda: "request-1")) as port:
                site = Site(port, following, threading.Event())
                started.put(site)
                await asyncio.to_thread(site.end.wait)
                waking.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    site = started.get(timeout=PATIENCE_SECONDS)
    try:
        yield site
    finally:
        site.end.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def steps(told: list[dict[str, object]]) -> list[object]:
    return [each["step"] if each["type"] == "progress" else each["state"] for each in told]


def test_a_fax_is_seen_going_its_way_until_it_has_come_to_its_end(world: World) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)]
    fax_id = desk.send("7778888")
    with a_site(world) as site, site.follow(world.bob, f"{SENT}/{fax_id}/events") as stream:
        assert stream.answer.getheader("Content-Type") == "text/event-stream; charset=utf-8"
        assert stream.answer.getheader("Cache-Control") == "no-store"
        assert stream.block() == ["retry: 2000"]
        desk.finish(fax_id)
        came = list(stream.events())  # and the server ends it
        ids, told = [event_id for event_id, _ in came], [each for _, each in came]
        assert ids == sorted(set(ids))
        assert steps(told) == [
            "waiting",
            "Scheduled For Sending",
            "calling",
            "page_confirmed",
            "page_confirmed",
            "last_page_out",
            "page_confirmed",
            "sent",
            "Sent",
        ]
        assert told[-1] == {
            "type": "fax",
            "at": "2026-02-03T04:05:06Z",
            "extension": "0003*210",
            "fax": str(fax_id),
            "uid": "0" * 31 + "1",
            "state": "Sent",
            "pages": 3,
        }
        with site.follow(world.bob, f"{SENT}/{fax_id}/events", **{"Last-Event-ID": str(ids[2])}) as again:
            assert list(again.events()) == came[3:]
        with site.follow(world.bob, f"{SENT}/{fax_id}/events?from={ids[-1]}") as over:
            assert over.answer.status == 204
        with site.follow(world.bob, f"{SENT}/{fax_id}/events?from=0") as whole:
            assert list(whole.events())[2:] == came


def test_an_extension_is_followed_beyond_the_end_of_a_fax(world: World) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)] * 2
    with (
        a_site(world) as site,
        site.follow(world.bob, f"{SENT}/events") as bobs,
        site.follow(world.alice, "/uapi/faxes/@me/@self/events") as alices,
        site.follow(world.root, "/uapi/faxes/@me/@self/events") as roots,
        site.follow(world.beth, "/uapi/faxes/@me/@self/events") as beths,
    ):
        for stream in (bobs, alices, roots, beths):
            assert stream.block() == ["retry: 2000"]
        desk.finish(desk.send("7778888"))
        desk.finish(desk.send("0003*211"))
        received = [{"type": "received", "received": "1", "sender": "0003*210", "pages": 3, "complete": True}]
        whole: list[dict[str, object]] = []
        events = alices.events()
        while not whole or whole[-1]["type"] != "received":
            whole.append(next(events)[1])
        assert [each["fax"] for each in whole if each.get("state") == "Sent"] == ["1", "2"]
        for stream, seen in (
            (roots, whole),
            (bobs, [each for each in whole if each["extension"] == "0003*210"]),
            (beths, [each for each in whole if each["extension"] == "0003*211"]),
        ):
            events = stream.events()
            assert [next(events)[1] for _ in seen] == seen
        assert [{name: each.get(name) for name in received[0]} for each in whole[-1:]] == received


def test_who_may_no_longer_look_is_told_nothing_more(world: World) -> None:
    desk = Desk(world)
    with a_site(world, 0.01) as site, site.follow(world.bob, f"{SENT}/events") as stream:
        assert stream.block() == ["retry: 2000"]
        assert stream.block() == [":"]  # a sign of life
        world.execute("DELETE FROM tokens")
        while (lines := stream.block()) is not None:
            assert lines == [":"]
        desk.finish(desk.send("0003*211"))
        with site.follow(world.bob, f"{SENT}/events") as again:
            assert again.answer.status == 401


def test_a_client_that_leaves_is_forgotten(world: World) -> None:
    with a_site(world, 0.01) as site:
        with site.follow(world.bob, f"{SENT}/events") as stream:
            assert stream.block() == ["retry: 2000"]
            assert stream.block() == [":"]
            stream.answer.close()
        while site.following.anybody():
            threading.Event().wait(0.01)


def test_the_server_ends_while_somebody_follows(world: World) -> None:
    with a_site(world) as site, site.follow(world.bob, f"{SENT}/events") as stream:
        assert stream.block() == ["retry: 2000"]
        site.end.set()
        assert stream.block() is None


def test_no_more_follow_than_there_is_room_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unifax.service.following.FOLLOWERS_AT_MOST", 0)
    answer = world.ask("GET", f"{SENT}/events", world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")


def test_while_nobody_is_woken_what_there_is_is_told(world: World) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    answer = world.ask("GET", f"{SENT}/events?from=0", world.bob)
    assert answer.text.count("event: ") == 4
    assert world.ask("GET", f"{SENT}/events", world.bob).text == "retry: 2000\n\n"
    many = world.ask("GET", f"{SENT}/events?from=0", world.bob, headers={"Last-Event-ID": "999999"})
    assert many.text == "retry: 2000\n\n"


def test_more_events_than_are_told_at_once_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    whole = world.ask("GET", f"{SENT}/1/events?from=0", world.bob).text
    monkeypatch.setattr("unifax.service.reading.AT_ONCE", 1)
    assert world.ask("GET", f"{SENT}/1/events?from=0", world.bob).text == whole


@pytest.mark.parametrize("headers", [{}, {"Last-Event-ID": "x"}, {"Last-Event-ID": "-1"}])
def test_where_to_begin_must_be_a_number(refusing: World, headers: dict[str, str]) -> None:
    answer = refusing.ask("GET", f"{SENT}/events?from=yesterday", refusing.bob, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request_invalid")


def test_head_tells_of_the_stream_only(refusing: World) -> None:
    answer = refusing.ask("HEAD", f"{SENT}/events", refusing.bob)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


@given(text=st.text())
def test_whatever_a_fact_holds_an_event_is_three_lines(text: str) -> None:
    event = Event(7, EventKind.RECEIVED, "0003*210", None, 3, datetime(2026, 2, 3, tzinfo=UTC), {"sender": text})
    first, second, third, *rest = written(event).split("\n")
    assert (first, second, rest) == ("id: 7", "event: received", ["", ""])
    assert json.loads(third.removeprefix("data: "))["sender"] == text
