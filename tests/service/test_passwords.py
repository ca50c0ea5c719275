"""Passwords are kept as argon2 hashes, and known again."""

import asyncio

import pytest
from argon2 import PasswordHasher

from unifax.service.passwords import Passwords, hashed, matches, outdated


def test_a_password_is_known_again_and_no_other() -> None:
    kept = hashed("Fax & Fiction")
    assert kept.startswith("$argon2id$")
    assert "Fiction" not in kept
    assert matches(kept, "Fax & Fiction")
    assert not matches(kept, "fax & fiction")
    assert not matches(kept, "")


def test_two_people_with_one_password_do_not_look_alike() -> None:
    assert hashed("same") != hashed("same")


def test_the_same_characters_are_the_same_password_however_they_are_composed() -> None:
    assert matches(hashed("caf\u00e9"), "cafe\u0301")


def test_any_text_can_be_a_password() -> None:
    odd = "\x00\ud800" + "x" * 5000
    assert matches(hashed(odd), odd)


def test_nothing_kept_matches_nothing() -> None:
    assert not matches(None, "")
    assert not matches(None, "guess")


def test_what_is_no_hash_is_a_bug_not_a_wrong_password() -> None:
    with pytest.raises(ValueError, match="argon2"):
        matches("plain", "plain")


def test_a_hash_of_weaker_parameters_still_holds_and_is_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("old")
    assert matches(weak, "old")
    assert outdated(weak)
    assert not outdated(hashed("new"))


def test_hashing_leaves_the_loop_free_and_takes_turns() -> None:
    async def all_at_once() -> tuple[bool, bool]:
        passwords = Passwords(at_once=1)
        kept = await passwords.hashed("secret")
        async with asyncio.TaskGroup() as tasks:
            right = tasks.create_task(passwords.matches(kept, "secret"))
            wrong = tasks.create_task(passwords.matches(kept, "wrong"))
        return right.result(), wrong.result()

    assert asyncio.run(all_at_once()) == (True, False)
