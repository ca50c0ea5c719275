"""Who is asking, and what is theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, a_world
from unifax.model.numbers import ExtensionNumber
from unifax.store import accounts


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def test_everybody_owns_himself_and_those_below(world: World) -> None:
    cast = {"root": world.root, "alice": world.alice, "bob": world.bob, "beth": world.beth, "charlie": world.charlie}
    owned = {
        name: {other for other, person in cast.items() if world.db.read(accounts.owns, who.viewer, person.id)}
        for name, who in cast.items()
    }
    assert owned == {
        "root": set(cast),
        "alice": {"alice", "bob", "beth"},
        "bob": {"bob"},
        "beth": {"beth"},
        "charlie": {"charlie"},
    }
    assert not world.db.read(accounts.owns, world.root.viewer, 4711)
    assert world.db.read(accounts.account_exists, world.charlie.id)
    assert not world.db.read(accounts.account_exists, 4711)


def test_an_extension_is_found_by_either_number_within_the_viewers_tree(world: World) -> None:
    assert world.bob.extension is not None
    for number in ("0003*210", "210"):
        for who in (world.bob, world.alice):
            assert world.db.read(accounts.extension_for, who.viewer, number) == world.bob.extension
        assert world.db.read(accounts.extension_for, world.beth.viewer, number) is None
    assert world.db.read(accounts.extension_for, world.charlie.viewer, "0003*210") is None
    assert world.db.read(accounts.extension_for, world.charlie.viewer, "210") == world.charlie.extension


def test_a_short_number_that_two_extensions_share_means_neither(world: World) -> None:
    assert world.db.read(accounts.extension_for, world.root.viewer, "210") is None
    assert world.db.read(accounts.extension_for, world.root.viewer, "211") == world.beth.extension


def test_everyone_may_fax_to_an_extension_by_its_extended_number(world: World) -> None:
    assert world.db.read(accounts.extension_named, "0004*210") == world.charlie.extension
    assert world.db.read(accounts.extension_named, "210") is None


def test_an_extension_keeps_what_it_was_given(world: World) -> None:
    made = world.db.write(accounts.add_extension, world.bob.id, ExtensionNumber("0003", "299"), "+1 299", "Bob's fax")
    assert world.db.read(accounts.extension_named, "0003*299") == made
    assert (made.owner_id, made.station_id, made.header_text, made.fax_enabled) == (
        world.bob.id,
        "+1 299",
        "Bob's fax",
        True,
    )


def test_an_extension_may_fax_only_while_its_user_and_all_above_are_enabled(world: World) -> None:
    def may_fax(number: str) -> bool:
        found = world.db.read(accounts.extension_named, number)
        assert found is not None
        assert world.db.read(accounts.extension_for, world.root.viewer, number) == found
        return found.fax_enabled

    for disabled in (world.bob, world.alice, world.root):
        assert may_fax("0003*210")
        world.execute(f"UPDATE accounts SET enabled = 0 WHERE id = {disabled.id}")
        assert not may_fax("0003*210")
        assert may_fax("0004*210") == (disabled is not world.root), "another organization's"
        assert may_fax("0003*211") == (disabled is world.bob), "another user's"
        world.execute(f"UPDATE accounts SET enabled = 1 WHERE id = {disabled.id}")
    world.execute("UPDATE extensions SET fax_enabled = 0 WHERE number = '0003*210'")
    assert not may_fax("0003*210")
