"""The service as a whole: what it takes to start, what it says, what it leaves behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.postgres import database_url, opened
from unifax.app import Service
from unifax.model.errors import Misconfigured
from unifax.settings import read_settings
from unifax.store.accounts import any_account

ANY_PORT = {
    "UNIFAX_WEB__LISTEN": "127.0.0.1:0",
    "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0",
    "UNIFAX_LINE__PROCESSES": "1",
}


def service(data: Path, **environment: str) -> Service:
    return Service(read_settings(None, {**ANY_PORT, **environment}), data)


def test_secrets_are_shown_once_and_the_ports_are_real(tmp_path: Path) -> None:
    async def welcome() -> str:
        async with service(tmp_path / "data") as started:
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{started.url}/healthz")).is_success
                token = (tmp_path / "data" / "operator.token").read_text().strip()
                me = await client.get(f"{started.url}/admin/accounts/@me", headers={"Authorization": token})
                assert me.json()["kind"] == "administrator"
                assert token not in started.welcome()
            return started.welcome()

    first, second = asyncio.run(welcome()), asyncio.run(welcome())
    assert ("secret" in first, "token" in first, "curl" in first) == (True, True, True)
    assert "password" in first
    assert [word for word in ("secret", "token", "password") if word in second] == []
    for said in (first, second):
        assert said.splitlines()[-1].startswith("Ready: http://127.0.0.1:")
        assert "127.0.0.1:0/" not in said
    for private in (tmp_path / "data", tmp_path / "data" / "operator.token"):
        assert private.stat().st_mode & 0o077 == 0, "it is its owner's alone"


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    async def start() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            with pytest.raises(Misconfigured, match=f"{address} cannot be listened on"):
                await service(tmp_path, UNIFAX_WEB__LISTEN=address).__aenter__()

    asyncio.run(start())


def test_an_address_that_another_service_lets_go_of_is_waited_for(tmp_path: Path) -> None:
    async def start() -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            loop.call_later(0.3, taken.close)
            async with service(tmp_path, UNIFAX_WEB__LISTEN=address) as started:
                assert started.url == f"http://{address}"

    asyncio.run(start())


def test_a_line_that_has_no_address_here_does_not_start(tmp_path: Path) -> None:
    async def start() -> None:
        with pytest.raises(Misconfigured, match=r"192\.0\.2\.10"):
            await service(tmp_path, UNIFAX_LINE__ADDRESS="192.0.2.10").__aenter__()

    asyncio.run(start())


def test_a_template_that_cannot_be_set_keeps_the_service_from_starting(tmp_path: Path) -> None:
    covers = tmp_path / "covers"
    covers.mkdir()
    (covers / "own.typ").write_text("#nonsense")

    async def start() -> None:
        with pytest.raises(Misconfigured, match=r"own\.typ cannot be made .* unknown variable: nonsense"):
            async with service(tmp_path / "data", UNIFAX_PAPER__COVER_FOLDER=str(covers)):
                pass

    asyncio.run(start())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def start() -> None:
        with pytest.raises(Misconfigured, match="file/data cannot be the data folder"):
            await service(tmp_path / "file" / "data").__aenter__()

    asyncio.run(start())


def test_the_end_may_be_asked_for_before_the_start_is_over(tmp_path: Path) -> None:
    serve = subprocess.Popen(
        [sys.executable, "-m", "unifax", "serve", "--data", str(tmp_path)],
        env={**os.environ, **ANY_PORT, "UNIFAX_DATABASE__URL": database_url(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serve.stderr is not None
    for line in serve.stderr:
        if "process web runs" in line:
            serve.send_signal(signal.SIGTERM)
            break
    said, log = serve.communicate(timeout=60)
    assert (serve.returncode, said) == (1, ""), log
    assert "stopped before it was ready" in log
    with closing(opened(tmp_path)) as db:
        assert not db.read(any_account), "nobody was shown the secrets, so there are none yet"


def test_a_process_whose_supervisor_is_gone_before_it_greets_does_nothing(tmp_path: Path) -> None:
    assert _orphan("line", tmp_path, b"") == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ["web", "line", "machine"])
def test_a_process_whose_supervisor_is_gone_ends_by_itself(role: str, tmp_path: Path) -> None:
    machine = {} if role == "machine" else {"UNIFAX_SANDBOX__LISTEN": "127.0.0.1:5070"}  # a port that is known by then
    greeting = read_settings(None, {**ANY_PORT, **machine}).model_dump_json().encode() + b"\n"
    assert "Traceback" not in _orphan(role, tmp_path, greeting)


def _orphan(role: str, data: Path, greeting: bytes) -> str:
    """Run a process to its end, which must be a good one, and return its log."""
    run = subprocess.run(
        [sys.executable, "-m", "unifax.roles", role, str(data)],
        input=greeting,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return run.stderr.decode()
