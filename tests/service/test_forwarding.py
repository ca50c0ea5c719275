"""A received fax is sent on as it came: the same pages, from its extension, kept as long as one of the two is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, ends, give_pages
from tests.world import World, a_world
from unifax.documents.pages import same_pages
from unifax.model.errors import AccessDenied, ContentForgotten, NotFound, RecipientsInvalid
from unifax.model.fax import FaxState, FaxView
from unifax.model.outcome import Outcome
from unifax.service import forwarding, retention
from unifax.service.reading import received_one
from unifax.store.views import forwarded_as


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        desk = Desk(made)
        desk.finish(desk.send("0003*211"))
        give_pages(made)
        yield made


def forward(world: World, *recipients: str) -> FaxView:
    asked = {"recipients": list(recipients)}
    return world.run(forwarding.forward(world.office(), world.beth.viewer, "@me", "0003*211", "1", asked))


def test_the_pages_go_on_as_they_came(world: World) -> None:
    fax = forward(world, "7778888")
    assert (fax.state, fax.pages, fax.extension) == (FaxState.SCHEDULED, 2, "0003*211")
    assert world.db.read(forwarded_as, 1) == [fax.id]
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 2)]
    assert desk.finish(fax.id).state is FaxState.SENT
    received = world.db.read(received_one, world.beth.viewer, "@me", "0003*211", "1")
    with world.blobs.taken(received.document) as came:
        assert same_pages(came, desk.orders[0].document) is None
    actions = world.column("SELECT action FROM audit_log")
    assert actions == ["inbox.forwarded"]


def test_it_can_go_to_an_extension_of_ours_and_is_there_at_once(world: World) -> None:
    assert forward(world, "0004*210").state is FaxState.SENT
    there = world.db.read(received_one, world.charlie.viewer, "@me", "0004*210", "2")
    assert there.pages == 2


def test_the_content_stays_as_long_as_one_of_them_has_it(world: World) -> None:
    fax = forward(world, "0004*210")
    assert fax.document is not None
    document = fax.document.sha256
    who = (world.beth.viewer, "@me", "0003*211")
    assert not world.db.write(retention.forget_received, *who, "1", world.now)
    assert not world.db.write(retention.forget_sent, *who, str(fax.id), world.now)
    assert not world.db.write(retention.forget_received, world.charlie.viewer, "@me", "0004*210", "2", world.now)
    first = (world.bob.viewer, "@me", "0003*210", "1")  # whose pages all these are
    names = world.db.write(retention.forget_sent, *first, world.now)
    assert document in [name.partition("-")[0] for name in names]


def test_what_cannot_be_forwarded_is_refused_and_leaves_nothing(world: World) -> None:
    office = world.office()
    one = {"recipients": ["7778888"]}
    with pytest.raises(NotFound):
        world.run(forwarding.forward(office, world.beth.viewer, "@me", "0003*211", "2", one))
    with pytest.raises(AccessDenied):
        world.run(forwarding.forward(office, world.charlie.viewer, str(world.beth.id), "0003*211", "1", one))
    with pytest.raises(RecipientsInvalid):
        world.run(forwarding.forward(office, world.beth.viewer, "@me", "0003*211", "1", {"recipients": ["0900123"]}))
    world.db.write(retention.forget_received, world.beth.viewer, "@me", "0003*211", "1", world.now)
    with pytest.raises(ContentForgotten):
        forward(world, "7778888")
    assert world.faxes() == 1
