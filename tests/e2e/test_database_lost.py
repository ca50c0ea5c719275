"""PostgreSQL ends while faxes come in, and comes back: what was accepted is sent, and the rest was refused whole."""

import os
from pathlib import Path

import httpx

from tests import postgres
from tests.e2e.running import ended, running, send_example, until
from unifax.model.fax import FaxState


def test_what_was_accepted_before_the_database_ended_is_sent_when_it_is_back(tmp_path: Path) -> None:
    with postgres.cluster() as cluster:
        environment = {"UNIFAX_DATABASE__URL": f"{cluster.url}/postgres", "UNIFAX_LINE__PROCESSES": "1"}
        with running(tmp_path / "data", environment) as service, service.client() as client:
            accepted = [send_example(client) for _ in range(3)]
            cluster.kill()
            answer = _post(service.url, service.token)
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "service_unavailable"
            assert int(answer.headers["retry-after"]) > 0
            assert httpx.get(f"{service.url}/readyz").status_code == 503
            assert httpx.get(f"{service.url}/healthz").status_code == 200
            assert os.listdir(service.data / "blobs" / "staging") == []
            cluster.start()
            until(lambda: httpx.get(f"{service.url}/readyz").status_code == 200, 60, "all parts are there")
            accepted.append(send_example(client))
            assert {ended(client, each).state for each in accepted} == {FaxState.SENT}


def _post(url: str, token: str) -> httpx.Response:
    return httpx.post(
        f"{url}/uapi/faxes/@me/0003*210",
        headers={"Authorization": f"Bearer {token}"},
        files={"files": ("fax.txt", b"This is my fax\n")},
        data={"request": '{"recipients":["7778888"]}'},
        timeout=60,
    )
