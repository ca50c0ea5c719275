"""Health and readiness."""

from tests.world import World


def test_a_service_that_runs_is_healthy_and_ready_for_anybody_who_asks(world: World) -> None:
    assert world.ask("GET", "/healthz").json() == {"status": "ok"}
    assert world.ask("GET", "/readyz").json() == {"status": "ready"}
    assert world.ask("HEAD", "/healthz/").status_code == 200


def test_a_service_without_its_database_is_healthy_but_not_ready(world: World) -> None:
    world.execute("ALTER TABLE accounts RENAME TO mislaid")
    assert world.ask("GET", "/healthz").status_code == 200
    answer = world.ask("GET", "/readyz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "service_unavailable")
    assert int(answer.headers["retry-after"]) > 0
