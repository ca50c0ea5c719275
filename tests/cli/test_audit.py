"""`unifax audit`: exported, and checked on the machine or elsewhere."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.world import NOW, World
from unifax.cli import app
from unifax.model.audit import Action, Deed
from unifax.model.errors import Forged
from unifax.service.auditing import Heads
from unifax.store import audit

pytestmark = pytest.mark.sqlite


@pytest.fixture
def noted(world: World) -> World:
    """Two things were done, and signed."""
    for subject in ("one", "two"):
        world.db.write(audit.note, [Deed(NOW, Action.SERVICE_STARTED, subject)])
        world.run(Heads(world.db, world.receipt_keys, lambda: NOW).sign())
    return world


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *map(str, arguments)], env={"COLUMNS": "200"})
    if isinstance(result.exception, Forged):
        raise result.exception
    return result.exit_code, result.output


def keys_file(world: World, folder: Path) -> Path:
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [dict(each) for each in world.receipt_keys.public()]}))
    return file


def test_the_log_of_a_folder_is_checked(noted: World) -> None:
    status, said = run("verify", "--data", noted.folder)
    assert (status, said.startswith("2 entries, whole; 2 signed heads agree.")) == (0, True)


def test_what_was_exported_is_checked_elsewhere(noted: World, tmp_path: Path) -> None:
    file, keys = tmp_path / "audit.jsonl", keys_file(noted, tmp_path)
    assert run("export", "--data", noted.folder, "-o", file) == (0, "")
    assert run("export", "--data", noted.folder) == (0, file.read_text())
    assert [list(json.loads(line)) for line in file.read_text().splitlines()[2:]] == [["head"], ["head"]]
    assert run("verify", file, "--keys", keys) == run("verify", "--data", noted.folder)
    assert run("verify", file)[0] == 2, "heads are signed: a key is needed"


def test_what_was_changed_or_cut_off_is_refused(noted: World, tmp_path: Path) -> None:
    file, keys = tmp_path / "audit.jsonl", keys_file(noted, tmp_path)
    run("export", "--data", noted.folder, "-o", file)
    one, two, *heads = file.read_text().splitlines()
    for wrong in ([one.replace("one", "six"), two], [two], [one, *heads], ["no JSON"], ["[]"]):
        file.write_text("\n".join(wrong))
        with pytest.raises(Forged):
            run("verify", file, "--keys", keys)
    file.write_text(one)
    assert run("verify", file)[0] == 0, "nothing in the file tells that its end is gone"
    kept = tmp_path / "heads.log"
    kept.write_text("\n".join(f"2026-02-03 unifax audit head {json.loads(head)['head']}" for head in heads))
    with pytest.raises(Forged, match="cut off"):
        run("verify", file, "--keys", keys, "--heads", kept)


def test_something_is_to_be_named(noted: World) -> None:
    assert run("verify")[0] == 2
