"""Health and readiness."""

from tests.world import World
from unifax.model.errors import Unavailable
from unifax.service.readiness import Part


def test_a_service_that_runs_is_healthy_and_ready_for_anybody_who_asks(world: World) -> None:
    assert world.ask("GET", "/healthz").json() == {"status": "ok"}
    assert world.ask("GET", "/readyz").json() == {"status": "ready", "parts": {"database": "ok"}}
    assert world.ask("HEAD", "/healthz/").status_code == 200


def test_a_service_without_its_database_is_healthy_but_not_ready(world: World) -> None:
    world.execute("ALTER TABLE executors RENAME TO mislaid")
    assert world.ask("GET", "/healthz").status_code == 200
    answer = world.ask("GET", "/readyz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")
    assert answer.json()["error"]["message"] == "database: cannot be used now"
    assert int(answer.headers["retry-after"]) > 0


def test_every_part_that_is_missing_is_named_with_its_reason(world: World) -> None:
    def gone() -> None:
        raise Unavailable("no line process is at work")

    world.parts = [Part("disk", lambda: None), Part("line", gone)]
    answer = world.ask("GET", "/readyz")
    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "line: no line process is at work")
