"""To whom a fax goes: one machine under two spellings, regions of organizations, what may be called again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.world import World, a_world
from unifax.model.errors import RecipientsInvalid, TooMany
from unifax.model.numbering import NumberingPlan
from unifax.service.administration import change_account


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.numbering = NumberingPlan("DE", local=["7778???"])
        yield made


def read(world: World, *asked: str) -> Sequence[str]:
    bob = world.bob
    assert bob.extension is not None
    found = world.db.read(world.sending().recipients.read, bob.id, bob.extension, list(asked))
    return [one.number for one in found]


def test_one_machine_under_several_spellings_is_called_once(world: World) -> None:
    spellings = ["030 123456", "+49 30 123456", "0049 (30) 123456", "7778888", "211", "0003*211"]
    world.limits = replace(world.limits, recipients=6)
    assert read(world, *spellings) == ["+4930123456", "7778888", "0003*211"]


def test_numbers_are_those_of_the_country_of_the_organization(world: World) -> None:
    world.db.write(change_account, world.root.viewer, world.alice.id, {"region": "us"})
    assert read(world, "(212) 555-0123") == ["+12125550123"]
    world.db.write(change_account, world.root.viewer, world.bob.id, {"region": "FR"})
    assert read(world, "01 09 75 83 51") == ["+33109758351"]
    world.db.write(change_account, world.root.viewer, world.bob.id, {"region": None})
    assert read(world, "(212) 555-0123") == ["+12125550123"]


def test_recipients_are_named_again_in_any_spelling(world: World) -> None:
    bob = world.bob
    assert bob.extension is not None
    named = world.db.read(world.sending().recipients.named, bob.id, bob.extension, ["0049 30 123456", "211", "9"])
    assert named == {"+4930123456", "0003*211", "9"}


def test_what_may_not_be_called_any_more_is_not_called_again(world: World) -> None:
    check = world.sending().recipients.check
    world.db.read(check, world.bob.id, ["7778888"])
    with pytest.raises(RecipientsInvalid):
        world.db.read(check, world.bob.id, ["0900123"])


def test_calling_again_counts_for_the_day(world: World) -> None:
    world.limits = replace(world.limits, organization_recipients=1)
    check = world.sending().recipients.check
    world.db.read(check, world.bob.id, ["7778888"])
    with pytest.raises(TooMany):
        world.db.read(check, world.bob.id, ["7778888", "7778801"])
