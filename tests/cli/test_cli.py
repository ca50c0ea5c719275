"""The command: what it says, and with which exit status, when people get something wrong."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.answering import answering
from tests.client.test_client import FAX
from tests.e2e.running import unifax
from unifax.cli import app
from unifax.cli.asking import Exit

SECRET = {"UNIFAX_TOKEN": "t0ken"}


def asked(*arguments: str, **environment: str) -> tuple[int, str]:
    """Return the exit status and all that was said."""
    result = CliRunner().invoke(
        app, arguments, env={"UNIFAX_TOKEN": "", "UNIFAX_URL": "", "COLUMNS": "200", **environment}
    )
    return result.exit_code, result.output


def test_the_version_is_that_of_the_package() -> None:
    status, said = asked("--version")
    assert status == 0
    assert said.startswith("unifax 0.")


def test_help_names_every_verb_and_hides_what_is_not_for_people() -> None:
    status, said = asked("--help")
    assert status == 0
    assert all(
        verb in said
        for verb in ("serve", "demo", "bench", "send", "status", "list", "cancel", "resend", "document", "inbox")
    )
    assert "process" not in said


@pytest.fixture
def letter(tmp_path: Path) -> str:
    (tmp_path / "letter.txt").write_text("Dear reader")
    return str(tmp_path / "letter.txt")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["send", "{letter}"], "Missing option '--to'"),
        (["send", "--to", "7778888"], "Missing argument 'files'"),
        (["send", "{letter}.gone", "--to", "7778888"], "does not exist"),
        (["send", "{folder}", "--to", "7778888"], "is a directory"),
        (["demo", "{letter}.gone"], "does not exist"),
        (["status"], "Missing argument 'fax_id'"),
        (["serve", "--config", "{letter}.gone"], "does not exist"),
        (["send", "{letter}", "--to", "1", "--send-after", "tomorrow"], "'tomorrow' is not a time such as"),
        (["send", "{letter}", "--to", "1", "--priority", "high"], "'high' is not one of"),
        (["inbox", "get"], "Missing argument 'inbox_id'"),
        (["fax"], "No such command 'fax'"),
    ],
)
def test_a_wrong_call_is_explained_before_anything_is_done(letter: str, arguments: Sequence[str], says: str) -> None:
    given = [each.format(letter=letter, folder=Path(letter).parent) for each in arguments]
    status, said = asked(*given, **SECRET)
    assert status == 2
    assert says in said


def test_a_missing_token_is_asked_for_by_name(letter: str) -> None:
    for arguments in (("send", letter, "--to", "7778888"), ("status", "1")):
        status, said = asked(*arguments)
        assert (status, "--token" in said, "UNIFAX_TOKEN" in said) == (2, True, True)


def test_status_tells_each_recipient_in_a_line() -> None:
    with answering((200, FAX)) as service:
        status, said = asked("status", "7", UNIFAX_URL=service.url, **SECRET)
    assert status == 0
    assert said.splitlines() == [
        "fax 7: Partially Sent, 2 pages",
        "  7778888: sent, 2 pages confirmed, 1 call, all",
        "  7778801: failed, 0 pages confirmed, 0 calls, the number is busy",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (
            ["status", "1", "--url", "http://127.0.0.1:1", "--patience", "0"],
            3,
            "unifax: the service cannot be reached: ",
        ),
        (
            ["serve", "--listen", "127.0.0.1:0", "--data", "{letter}"],
            1,
            "unifax: {letter} cannot be the data folder: File exists",
        ),
        (["serve", "--listen", "nowhere"], 1, "unifax: 'nowhere' is not an address and a port"),
        (["serve", "--config", "{letter}"], 1, "unifax: {letter}: "),
    ],
)
def test_what_goes_wrong_later_is_one_line_and_no_traceback(
    letter: str, arguments: Sequence[str], status: int, says: str
) -> None:
    run = unifax(
        *(each.format(letter=letter) for each in arguments),
        environment={**SECRET, "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0"},
    )
    assert run.returncode == status
    assert run.stdout == ""
    assert run.stderr.startswith(says.format(letter=letter))
    assert run.stderr.count("\n") == 1


def test_every_exit_status_is_documented() -> None:
    text = Path("docs/cli.md").read_text()
    documented = re.findall(r"^\| (\d) \|", text, re.MULTILINE)
    assert {int(status) for status in documented} == {*Exit, click_says_wrong_call()}


def click_says_wrong_call() -> int:
    return asked("fax")[0]


def test_benchmarks_are_run_from_a_checkout() -> None:
    run = unifax("bench", "--", "--help")
    assert run.returncode == 0
    assert "NAME" in run.stdout
