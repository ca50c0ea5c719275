"""One trace tells of a fax: the request that brought it, its paper, its calls and their pages, its notices."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import PAGES, ends
from tests.service.test_notify import Bell
from tests.spans import Collector, collecting
from tests.web.uapi.bodies import files, to
from tests.world import World, a_world
from unifax.model.hook import HookType
from unifax.model.outcome import Outcome
from unifax.roles.open_telemetry import OpenTelemetry, collector

NUMBER = "7778888"
POST = "POST /uapi/faxes/{user}/{extension}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def fax(world: World, **headers: str) -> None:
    """Have a fax accepted, prepared, called for twice, and its end told to a hook."""
    bell = Bell(world)
    bell.hook(world.bob, HookType.FAX_OUT)
    bell.desk.far_ends = {NUMBER: [ends(Outcome.DROPPED, 1), ends(Outcome.SENT, PAGES - 1)]}
    given = {"files": files(b"a letter"), "data": to(NUMBER)}
    answer = world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, headers=headers, **given)
    bell.desk.finish(int(answer.json()["id"]))
    bell.ring()


def told(world: World, share: float = 1.0, **headers: str) -> Collector:
    """Return what a collector was told of a fax."""
    with collecting() as it:
        with closing(OpenTelemetry(collector(it.endpoint, "Bearer x"), share, "web", "here")) as world.traces:
            fax(world, **headers)
        assert set(it.shown) <= {"Bearer x"}
        return it


def test_one_trace_holds_all_that_is_done_for_a_fax_hours_later_too(world: World) -> None:
    it = told(world)
    post = it.one(POST)
    assert {span.trace for span in it.spans()} == {post.trace}
    assert (post.parent, post.facts["http.response.status_code"], post.failed) == (b"", 200, "")
    paper, first, second, *notices = it.below(post)
    assert (paper.name, paper.facts) == ("paper", {"fax.id": 1, "fax.pages": PAGES})
    assert [span.name for span in notices] == ["notice"] * len(notices)
    assert [span.facts["notice.id"] for span in notices] == list(range(1, len(notices) + 1))
    assert (first.name, first.facts["call.id"], first.facts["call.outcome"]) == ("call", "1.1", "dropped")
    assert (second.name, second.facts["call.id"], second.facts["call.outcome"]) == ("call", "1.2", "sent")
    assert (first.failed, second.failed) == ("dropped", "")
    assert [page.facts["page.number"] for page in it.below(first)] == [1]
    assert [page.facts["page.number"] for page in it.below(second)] == [2, 3]
    assert second.events == ["last_page_out"]


def test_no_number_name_or_address_is_told(world: World) -> None:
    it = told(world)
    said = " ".join(str(span) for span in it.spans())
    assert not [secret for secret in (NUMBER, "0003*210", "letter", "127.0.0.1", "bob") if secret in said]


def test_a_request_that_is_part_of_a_trace_of_its_senders_goes_on_with_that(world: World) -> None:
    theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    it = told(world, share=0.0, traceparent=theirs)
    assert it.one(POST).parent.hex() == "00f067aa0ba902b7"
    assert {span.trace.hex() for span in it.spans()} == {"4bf92f3577b34da6a3ce929d0e0e4736"}


@pytest.mark.parametrize("traceparent", ["", "00-0-0-01", "x" * 5000])
def test_what_is_no_trace_begins_one(world: World, traceparent: str) -> None:
    assert told(world, traceparent=traceparent).one(POST).parent == b""


def test_what_its_sender_does_not_have_traced_is_not_told_of_nor_what_the_settings_leave_out(world: World) -> None:
    unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    assert told(world, traceparent=unsampled).spans() == []
    assert told(world, share=0.0).spans() == []


def test_who_only_asks_whether_all_is_well_is_not_traced(world: World) -> None:
    with collecting() as it:
        with closing(OpenTelemetry(collector(it.endpoint, ""), 1.0, "web", "here")) as world.traces:
            for path in ("/healthz", "/readyz", "/metrics"):
                world.ask("GET", path)
        assert it.spans() == []


def test_what_breaks_is_told_by_its_kind_alone(world: World) -> None:
    with collecting() as it:
        traces = OpenTelemetry(collector(it.endpoint, ""), 1.0, "web", "here")
        with closing(traces), pytest.raises(ValueError, match=NUMBER), traces.span("call"):
            raise ValueError(NUMBER)
        assert it.one("call").failed == "ValueError"


def test_without_a_collector_nothing_is_written_down(world: World) -> None:
    fax(world)
    assert world.column("SELECT trace FROM faxes") == [None]


def test_a_collector_that_is_not_there_costs_no_fax(world: World) -> None:
    with closing(OpenTelemetry(collector("http://127.0.0.1:1/v1/traces", ""), 1.0, "web", "here")) as world.traces:
        fax(world)
    assert world.column("SELECT state FROM deliveries") == ["sent"]
