"""What lies where, secrets that only their owner can read, and the log."""

import asyncio
import contextlib
import json
import logging
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.postgres import opened
from unifax.here import give_up_root, keep_log, keep_secret
from unifax.model.concern import Ids, concerning, ids
from unifax.model.errors import Misconfigured


def test_a_secret_is_whole_and_its_owners_alone_whatever_was_there_before(tmp_path: Path) -> None:
    kept = tmp_path / "operator.token"
    kept.write_text("an old one, for all to see")
    kept.chmod(0o644)
    (tmp_path / "operator.new").write_text("half of one, from a process that was kill")
    keep_secret(kept, "a secret")
    assert kept.read_text() == "a secret\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["operator.token"]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        keep_secret(tmp_path / "gone" / "operator.token", "a secret")


@contextlib.contextmanager
def log_of_its_own() -> Iterator[None]:
    """Let the log be as it was afterwards: what `keep_log` sets holds for the whole process."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []  # what is there would be closed
    try:
        yield
    finally:
        root.handlers = before
        root.setLevel(level)


def test_a_line_of_the_log_for_programs_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    with log_of_its_own():
        keep_log("json")
        with concerning(request="r-1"), concerning(fax=7):
            logging.getLogger("unifax.test").warning("%d pages", 3)
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            logging.getLogger("unifax.test").exception("broke\nin two")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["request"], first["fax"], first["message"]) == ("r-1", 7, "3 pages")
    assert (first["level"], first["logger"]) == ("warning", "unifax.test")
    assert datetime.fromisoformat(first["time"]).utcoffset() is not None
    assert "fax" not in second
    assert "ZeroDivisionError" in second["exception"]


def test_what_is_logged_while_the_database_writes_is_about_the_same(tmp_path: Path) -> None:
    db = opened(tmp_path)

    async def write() -> Ids:
        with concerning(fax=7):
            return await db.awrite(lambda conn: ids())

    assert asyncio.run(write()) == {"fax": 7}
    assert ids() == {}
    db.close()


IS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
BECOME = """
import os, sys
from pathlib import Path
from unifax.here import give_up_root
print(give_up_root(sys.argv[1], Path(sys.argv[2])), os.getuid(), os.geteuid(), os.getgid(), 0 in os.getgroups())
os.setuid(0)
"""


def become(user: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Become a user in a process of its own, and try to be root again."""
    return subprocess.run(
        [sys.executable, "-c", BECOME, user, str(folder)], capture_output=True, text=True, check=False
    )


@IS_ROOT
def test_root_becomes_somebody_else_for_good_and_the_folder_is_his(tmp_path: Path) -> None:
    data, nobody = tmp_path / "data", pwd.getpwnam("nobody")
    (data / "blobs").mkdir(parents=True)
    (data / "unifax.db").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    (data / "link").symlink_to(elsewhere)
    done = become("nobody", data)
    assert done.stdout.split() == ["False", *[str(nobody.pw_uid)] * 2, str(nobody.pw_gid), "False"]
    assert done.returncode != 0, "it is not root again"
    assert "PermissionError" in done.stderr
    owners = {path.lstat().st_uid for path in (data, *data.iterdir())}
    assert (owners, elsewhere.stat().st_uid) == ({nobody.pw_uid}, 0)


@IS_ROOT
def test_a_folder_of_somebody_else_stays_his_and_a_user_must_be_there(tmp_path: Path) -> None:
    theirs = pwd.getpwnam("daemon").pw_uid
    os.chown(tmp_path, theirs, 0)
    (tmp_path / "file").touch()
    become("nobody", tmp_path)
    assert (tmp_path.stat().st_uid, (tmp_path / "file").stat().st_uid) == (theirs, 0)
    with pytest.raises(Misconfigured, match="no user nobody-of-that-name"):
        give_up_root("nobody-of-that-name", tmp_path)


def test_who_is_root_on_purpose_or_not_root_stays_what_he_is(tmp_path: Path) -> None:
    before = os.getresuid()
    assert not give_up_root("root", tmp_path / "data")
    assert (os.getresuid(), list(tmp_path.iterdir())) == (before, [])
