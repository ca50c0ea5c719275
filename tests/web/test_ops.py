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


def test_what_is_measured_is_told_to_this_machine_and_names_nobody(world: World) -> None:
    fax = {"files": {"files": ("a.txt", b"a letter")}, "data": {"request": '{"recipients": ["5550123"]}'}}
    assert world.ask("POST", "/uapi/faxes/@me/210", world.bob, **fax).status_code == 200
    assert world.ask("BREW", "/no/such/5550123").status_code == 404
    told = world.ask("GET", "/metrics").text
    accepts = 'method="POST",route="/uapi/faxes/{user}/{extension}",status="2xx"'
    assert f"unifax_http_request_seconds_count{{{accepts}}} 1.0" in told
    assert 'unifax_waiting{reason="preparing"} 1.0' in told
    assert 'unifax_channels{trunk="carrier"} 30.0' in told
    assert 'unifax_part_up{part="database"} 1.0' in told
    assert 'unifax_database_seconds_count{kind="write"}' in told
    for secret in ("5550123", "210", world.bob.token, "BREW", "letter"):
        assert secret not in told


def test_without_its_database_a_process_tells_what_it_knows_itself(world: World) -> None:
    world.execute("ALTER TABLE executors RENAME TO mislaid")
    told = world.ask("GET", "/metrics").text
    assert 'unifax_part_up{part="database"} 0.0' in told
    assert "unifax_waiting" not in told


def test_metrics_are_for_this_machine_or_for_who_shows_the_token(world: World) -> None:
    by_proxy = {"X-Forwarded-For": "192.0.2.7"}
    assert world.ask("GET", "/metrics", headers=by_proxy).status_code == 401
    world.metrics_token = "a-secret"
    assert world.ask("GET", "/metrics").status_code == 401
    assert world.ask("GET", "/metrics", world.root).status_code == 401
    assert world.ask("GET", "/metrics", headers={"Authorization": "Bearer a-secret"}).status_code == 200
    world.metrics_token, world.public_url = "", "https://fax.example"
    assert world.ask("GET", "/metrics").status_code == 401
