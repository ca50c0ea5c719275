"""The doctor finds what is wrong with a real folder, port, trunk or mail server, and says what helps."""

import asyncio
import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from tests.mailbox import Mailbox, a_mailbox
from unifax.cli import app
from unifax.cli.asking import Exit
from unifax.cli.doctor.findings import ADVICE, Code, Finding
from unifax.cli.doctor.machine import look_at_clock, look_at_files, look_at_folder, look_at_paper, look_at_ports
from unifax.cli.doctor.outside import ask_mail, ask_trunks
from unifax.documents.typeset import FONT_FOLDERS
from unifax.here import Layout, now
from unifax.settings import Settings, read_settings


def settings(**environment: str) -> Settings:
    """Return settings, `mail__smtp` being UNIFAX_MAIL__SMTP."""
    return read_settings(None, {f"UNIFAX_{name.upper()}": value for name, value in environment.items()})


def codes(found: Iterator[Finding]) -> list[Code]:
    return [each.code for each in found]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    tmp_path.chmod(0o700)
    (tmp_path / "keys").mkdir()
    return Layout(tmp_path)


def test_every_code_has_what_helps_and_is_documented() -> None:
    assert set(ADVICE) == set(Code)
    documented = set(re.findall(r"^\| `([a-z_]+)` \| (?:error|note) \|", Path("docs/cli.md").read_text(), re.MULTILINE))
    assert documented == set(Code)


def test_a_folder_that_is_well(layout: Layout) -> None:
    layout.hook_key.write_bytes(bytes(32))
    assert codes(look_at_folder(layout, settings())) == []
    assert codes(look_at_clock(layout, now())) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert codes(look_at_folder(Layout(tmp_path / "gone"), settings())) == [Code.DATA_FOLDER]


def test_a_folder_that_is_open_to_others(layout: Layout) -> None:
    layout.data.chmod(0o750)
    assert codes(look_at_folder(layout, settings())) == [Code.DATA_FOLDER_OPEN]


def test_a_full_disk(layout: Layout) -> None:
    [found] = look_at_folder(layout, settings(ops__min_free_bytes=str(1 << 60)))
    assert (found.code, found.about) == (Code.DISK_FULL, str(layout.data))
    assert "are free" in found.words


def test_a_key_that_is_cut_off(layout: Layout) -> None:
    layout.hook_key.write_bytes(b"short")
    [found] = look_at_folder(layout, settings())
    assert (found.code, found.about) == (Code.KEY, str(layout.hook_key))


def test_master_keys_and_certificates_that_cannot_be_read() -> None:
    gone = {"files__master_key_file": "/gone", "line__tls_certificate_file": "/gone"}
    assert codes(look_at_files(settings(**gone))) == [Code.MASTER_KEYS, Code.CERTIFICATE]


def test_a_clock_that_was_set_back(layout: Layout) -> None:
    file = layout.data / "unifax.db"
    file.touch()
    ahead = now().timestamp() + 3600
    os.utime(file, (ahead, ahead))
    assert codes(look_at_clock(layout, now())) == [Code.CLOCK]


def test_missing_fonts(tmp_path: Path) -> None:
    without = tuple(folder for folder in FONT_FOLDERS if folder.name != "dejavu")
    grave = [each for each in look_at_paper(settings(), without) if each.advice.is_grave]
    assert [(each.code, each.about) for each in grave] == [(Code.FONT, "dejavu")]


def test_a_template_that_cannot_be_set(tmp_path: Path) -> None:
    (tmp_path / "bad.typ").write_text("#nonsense(")
    grave = [each for each in look_at_paper(settings(paper__cover_folder=str(tmp_path))) if each.advice.is_grave]
    assert [each.code for each in grave] == [Code.COVER]


def test_ports() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        given = settings(web__listen=address, sandbox__enabled="no")
        assert codes(look_at_ports(given, is_at_work=True)) == []
        assert codes(look_at_ports(given, is_at_work=False)) == [Code.PORT_TAKEN]
    assert codes(look_at_ports(given, is_at_work=True)) == [Code.PORT_CLOSED]
    assert codes(look_at_ports(given, is_at_work=False)) == []


class Registrar(asyncio.DatagramProtocol):
    """A SIP server that is there, and takes no password."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        lines = data.decode().split("\r\n")
        if not lines[0].endswith("SIP/2.0"):
            return
        same = [line for line in lines if line.split(":")[0].lower() in ("via", "from", "call-id", "cseq")]
        to = next(line for line in lines if line.lower().startswith("to:")) + ";tag=1"
        challenge = ['WWW-Authenticate: Digest realm="carrier", nonce="n", algorithm=MD5', "Content-Length: 0", "", ""]
        status = "401 Unauthorized" if lines[0].startswith("REGISTER") else "200 OK"
        self._transport.sendto("\r\n".join([f"SIP/2.0 {status}", *same, to, *challenge]).encode(), addr)


def trunk(port: int) -> Settings:
    account = {
        "trunks__carrier__user": "fax",
        "trunks__carrier__password": "wrong",
        "trunks__carrier__register": "true",
    }
    return settings(trunks__carrier__server=f"127.0.0.1:{port}", trunks__carrier__transport="udp", **account)


def test_a_wrong_password_of_a_trunk() -> None:
    async def asked() -> list[Finding]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Registrar, ("127.0.0.1", 0))
        try:
            return list(await ask_trunks(trunk(transport.get_extra_info("sockname")[1]), 60.0))
        finally:
            transport.close()

    [found] = asyncio.run(asked())
    assert (found.code, found.about) == (Code.TRUNK_PASSWORD, "trunks.carrier")
    assert "401" in found.words


def test_a_trunk_that_is_silent() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        found = asyncio.run(ask_trunks(trunk(deaf.getsockname()[1]), 0.5))
    assert [each.code for each in found] == [Code.TRUNK_SILENT]


def test_the_mail_server() -> None:
    async def asked(password: str) -> list[Code]:
        async with a_mailbox(Mailbox(), "right") as mailbox:
            mail = {
                "mail__smtp": f"127.0.0.1:{mailbox.port}",
                "mail__security": "none",
                "mail__sender": "fax@a.example",
            }
            found = await ask_mail(settings(**mail, mail__user="fax", mail__password=password))
        return [each.code for each in found]

    assert asyncio.run(asked("right")) == []
    assert asyncio.run(asked("wrong")) == [Code.MAIL_PASSWORD]
    nobody = settings(mail__smtp="127.0.0.1:1", mail__security="none", mail__sender="fax@a.example")
    assert [each.code for each in asyncio.run(ask_mail(nobody))] == [Code.MAIL_SERVER]


def test_the_verb_works_without_a_service(tmp_path: Path) -> None:
    environment = {"UNIFAX_WEB__LISTEN": "127.0.0.1:0", "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0"}
    arguments = ["doctor", "--data", str(tmp_path / "gone"), "--json"]
    result = CliRunner().invoke(app, arguments, env=environment)
    assert result.exit_code == Exit.TROUBLE
    found = {each["code"]: each for each in json.loads(result.output)["findings"]}
    assert found["data_folder"]["severity"] == "error"
    assert found["service_down"]["severity"] == "note"
    assert found["data_folder"]["helps"]
    assert not (tmp_path / "gone").exists(), "it changes nothing"


def test_settings_that_are_wrong_are_all_that_is_said() -> None:
    result = CliRunner().invoke(app, ["doctor", "--json"], env={"UNIFAX_MAIL__SMTP": "smtp.example:25"})
    assert [each["code"] for each in json.loads(result.output)["findings"]] == ["settings"]
