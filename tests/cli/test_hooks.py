"""`unifax hooks`, and the hooks of both clients, against the site on loopback."""

import json

import pytest

from tests.asking import command
from tests.desk import Desk
from tests.world import World
from unifax.client import ApiError

URL = "https://you.example/fax"


def test_a_hook_is_added_changed_and_removed(world: World) -> None:
    status, said = command(world, world.bob, "hooks", "add", "fax-out", URL, "--note", "ours", "--json")
    hook = json.loads(said)
    assert status == 0
    assert (hook["id"], hook["type"], hook["method"], hook["status"], hook["note"]) == ("1", 0, 2, 1, "ours")
    assert hook["secret"].startswith("whsec_")
    command(world, world.bob, "hooks", "change", "fax-out", "1", "--off", "--how", "get")
    assert command(world, world.bob, "hooks", "list")[1].splitlines() == [
        "id  about    how  state  url                      note",
        "1   fax-out  get  off    https://you.example/fax  ours",
    ]
    assert command(world, world.bob, "hooks", "remove", "fax-out", "1")[0] == 0
    assert command(world, world.bob, "hooks", "list", "--json") == (0, "[]\n")
    with pytest.raises(ApiError, match="not_found"):
        command(world, world.bob, "hooks", "change", "fax-out", "1", "--on")


def test_a_secret_is_shown_when_it_is_made(world: World) -> None:
    first = command(world, world.bob, "hooks", "add", "recipient", URL)[1].splitlines()[-1]
    second = command(world, world.bob, "hooks", "secret", "recipient", "1")[1].splitlines()[-1]
    assert first.startswith("secret  whsec_")
    assert second.startswith("secret  whsec_")
    assert first != second


def test_everything_since_a_moment_is_told_again(world: World) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    command(world, world.bob, "hooks", "add", "fax-out", URL)
    replay = ["hooks", "replay", "fax-out", "1", "--since", "2026-02-03T04:00:00Z"]
    told = command(world, world.bob, *replay)[1]
    count = len(world.column("SELECT id FROM events WHERE kind = 'fax'"))
    assert told == f"{count} events are told again\n"
    assert json.loads(command(world, world.bob, *replay, "--json")[1])["notices"] == count
