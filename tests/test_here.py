"""What lies where, secrets that only their owner can read, and the log."""

import asyncio
import json
import logging
import os
from datetime import datetime
from pathlib import Path

import pytest

from tests.postgres import opened
from unifax.here import keep_log, keep_secret
from unifax.model.concern import Ids, concerning, ids


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


def test_a_line_of_the_log_for_programs_says_what_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    keep_log("json")
    try:
        with concerning(request="r-1"), concerning(fax=7):
            logging.getLogger("unifax.test").warning("%d pages", 3)
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            logging.getLogger("unifax.test").exception("broke\nin two")
    finally:
        logging.basicConfig(force=True)
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
