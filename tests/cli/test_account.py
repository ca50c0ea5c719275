"""`unifax account`, against a real site on loopback."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.asking import with_the_site
from tests.world import NOW, World
from unifax.cli import app
from unifax.here import keep_secret
from unifax.model.errors import UnifaxError
from unifax.service.passwords import matches
from unifax.store import sessions, tokens
from unifax.store.accounts import digest

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _the_operators_token(world: World) -> None:
    keep_secret(world.folder / "operator.token", world.root.token)


def account(world: World, *arguments: str, typed: str = "", **environment: str) -> str:
    """Return what the command prints. Raises what it raises."""

    def run(url: str) -> str:
        env = {"UNIFAX_URL": url, "UNIFAX_DATA": str(world.folder), "UNIFAX_TOKEN": "no", "UNIFAX_ADMIN_TOKEN": ""}
        result = CliRunner().invoke(app, ["account", *arguments], typed, {**env, **environment})
        if isinstance(result.exception, UnifaxError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return with_the_site(world, run)


def told(world: World, *arguments: str, **environment: str) -> dict[str, object]:
    """Return the JSON that the command prints."""
    shown = json.loads(account(world, *arguments, "--json", **environment))
    assert isinstance(shown, dict)
    return shown


def password_is(world: World, login: str, password: str) -> bool:
    found = world.db.read(sessions.login_of, login)
    return found is not None and matches(found.password, password)


def test_who_runs_the_machine_sees_everything_without_a_token(world: World) -> None:
    assert account(world, "list").splitlines() == [
        "id  kind           in  name     login  state",
        "1   administrator      root            enabled",
        "2   organization   1   alice           enabled",
        "3   user           2   bob             enabled",
        "4   user           2   beth            enabled",
        "5   organization   1   other           enabled",
        "6   user           5   charlie         enabled",
    ]
    assert (
        account(world, "extension", "list").splitlines()[1] == "0003*210  3     0003 210               Bob      enabled"
    )
    assert account(world, "app", "list").splitlines()[1] == (
        "1   1        app of root     key-root     trusted  enabled"
    )


def test_others_see_what_is_theirs_with_a_token_of_theirs(world: World) -> None:
    seen = json.loads(account(world, "list", "--json", UNIFAX_ADMIN_TOKEN=world.alice.token))
    assert [each["name"] for each in seen] == ["alice", "bob", "beth"]
    assert told(world, "show", "@me", UNIFAX_ADMIN_TOKEN=world.bob.token)["name"] == "bob"
    with pytest.raises(UnifaxError, match=r"no such account.*\(not_found\)"):
        account(world, "show", "3", UNIFAX_ADMIN_TOKEN=world.charlie.token)


def test_without_a_token_it_is_said_where_one_could_be(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnifaxError, match=r"gone/operator.token cannot be read .*--data.*UNIFAX_ADMIN_TOKEN"):
        account(world, "--data", str(tmp_path / "gone"), "list")


def test_a_tree_is_made_from_nothing_and_faxes(world: World, tmp_path: Path) -> None:
    organization = str(told(world, "add", "organization", "Praxis Dr. Weiß")["id"])
    (tmp_path / "password").write_text(PASSWORD + "\n")
    options = ("--in", organization, "--login", "Desk", "--password-file", str(tmp_path / "password"))
    user = told(world, "add", "user", "Front desk", *options)
    assert (user["parentId"], user["login"], user["hasPassword"]) == (organization, "desk", True)
    assert password_is(world, "desk", PASSWORD)
    presents = ("--station-id", "+49 30 1234", "--header", "Praxis Dr. Weiß")
    extension = told(world, "extension", "add", "0007*100", "--user", str(user["id"]), *presents)
    assert (extension["stationId"], extension["headerText"]) == ("+49 30 1234", "Praxis Dr. Weiß")
    made = told(world, "app", "add", "Files", "--account", str(user["id"]), "--trusted")
    token = account(world, "app", "token", str(made["id"]), "--days", "2").strip()
    viewer = world.db.read(tokens.viewer_of_token, token, NOW.replace(day=4))
    assert viewer is not None
    assert str(viewer.account_id) == user["id"]
    # and is taken away again
    account(world, "app", "remove", str(made["id"]))
    account(world, "extension", "remove", "0007*100")
    account(world, "remove", str(user["id"]))
    account(world, "remove", organization)
    assert "Praxis" not in account(world, "list")


def test_what_was_done_is_listed(world: World) -> None:
    told(world, "change", "3", "--name", "Robert")
    [entry] = json.loads(account(world, "audit", "--json"))
    assert (entry["action"], entry["subject"], entry["actorId"]) == ("account.changed", "account 3", "1")
    assert "account.changed  account 3" in account(world, "audit", "--limit", "1")


def test_what_is_changed_is_what_was_said(world: World) -> None:
    assert told(world, "change", "3", "--name", "Robert", "--login", "bob")["login"] == "bob"
    changed = told(world, "change", "3", "--login", "")
    assert ("login" in changed, changed["name"]) == (False, "Robert")
    assert told(world, "extension", "change", "0003*210", "--no-fax")["faxEnabled"] is False
    changed = told(world, "extension", "change", "0003*210", "--fax", "--header", "Robert")
    assert (changed["faxEnabled"], changed["headerText"], changed["stationId"]) == (True, "Robert", "0003 210")
    line = ("--header-line", "{date} {sender} {station}", "--header-position", "above")
    changed = told(world, "extension", "change", "0003*210", *line)
    assert (changed["headerLine"], changed["headerPosition"]) == ("{date} {sender} {station}", "above")
    assert told(world, "extension", "change", "0003*210", "--no-resume")["resume"] is False
    changed = told(world, "extension", "change", "0003*210", "--when-uncertain", "resend")
    assert changed["whenUncertain"] == "resend"
    for resolution in ("superfine", "auto"):
        assert told(world, "extension", "change", "0003*210", "--resolution", resolution)["resolution"] == resolution
    called = ("--telephone", "+49 40 1", "--telephone", "5550100", "--max-calls", "7")
    changed = told(world, "extension", "change", "0003*210", *called)
    assert (changed["telephoneNumbers"], changed["maxCalls"]) == (["49401", "5550100"], 7)
    assert "49401 5550100" in account(world, "extension", "list")
    changed = told(world, "extension", "change", "0003*210", "--no-telephone")
    assert (changed["telephoneNumbers"], changed["maxCalls"]) == ([], 7)
    app_id = str(world.bob.viewer.app_id)
    uris = ("--redirect-uri", "https://a.example/", "--redirect-uri", "https://b.example/")
    changed = told(world, "app", "change", app_id, "--not-trusted", *uris)
    assert (changed["trusted"], changed["redirectUris"]) == (False, ["https://a.example/", "https://b.example/"])
    assert told(world, "app", "disable", app_id)["enabled"] is False
    assert told(world, "app", "enable", app_id)["enabled"] is True


def test_what_is_disabled_is_shown_so_and_so_is_what_is_below(world: World) -> None:
    assert account(world, "disable", "2").splitlines()[1].split()[-1] == "disabled"
    assert [line.split()[-1] for line in account(world, "list").splitlines()[3:5]] == ["above", "above"]
    assert account(world, "extension", "list").splitlines()[1].endswith("disabled above")
    assert account(world, "enable", "2").splitlines()[1].split()[-1] == "enabled"


def test_a_password_is_asked_for_or_made_or_read_and_never_shown_otherwise(world: World) -> None:
    told(world, "change", "3", "--login", "bob")
    said = account(world, "password", "3", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in said
    assert password_is(world, "bob", PASSWORD)
    made = re.fullmatch(r"password   (\S{20})\n", account(world, "password", "3", "--generate-password"))
    assert made is not None
    assert password_is(world, "bob", made[1])
    assert account(world, "password", "3", "--password-file", "-", typed="from another program\n") == ""
    assert password_is(world, "bob", "from another program")
    with pytest.raises(UnifaxError, match=r"gone cannot be read"):
        account(world, "password", "3", "--password-file", str(world.folder / "gone"))
    said = account(world, "add", "user", "Dora", "--in", "2", "--login", "dora", "--generate-password")
    made = re.search(r"password   (\S{20})\n", said)
    assert made is not None
    assert password_is(world, "dora", made[1])


def test_a_secret_is_shown_when_it_is_made(world: World) -> None:
    for arguments in (("add", "Files"), ("secret", "6")):
        shown = re.search(r"secret     (\S{43})\n", account(world, "app", *arguments))
        assert shown is not None
        assert world.column("SELECT secret_sha256 FROM apps WHERE id = 6") == [digest(shown[1])]
    assert "secret" not in account(world, "app", "list")


def test_nothing_is_said_of_nothing(world: World) -> None:
    world.execute("DELETE FROM extensions")
    assert account(world, "extension", "list") == "none\n"
    assert json.loads(account(world, "extension", "list", "--json")) == []


def test_passwords_are_no_option_that_everybody_could_read(world: World) -> None:
    for verb in (["password", "3"], ["add", "user", "Dora"]):
        result = CliRunner().invoke(app, ["account", *verb, "--password", PASSWORD])
        assert (result.exit_code, "No such option" in result.output) == (2, True)


def test_a_list_is_read_to_its_last_page(world: World) -> None:
    world.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
        " INSERT INTO accounts (kind, parent_id, name, enabled, created_at)"
        f" SELECT 'user', 2, 'user ' || i, 1, '{NOW.isoformat(timespec='microseconds')}' FROM n"
    )
    assert len(account(world, "list").splitlines()) == 1 + 6 + 250
