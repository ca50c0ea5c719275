"""The state of a fax is the truth about its recipients."""

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.fax import MOVES, OPEN, PENDING, DeliveryState, FaxState, fax_state

D, F = DeliveryState, FaxState
states = st.lists(st.sampled_from(list(DeliveryState)), min_size=1, max_size=6)


@given(states)
def test_a_fax_is_sent_only_when_every_recipient_has_it(deliveries: list[DeliveryState]) -> None:
    assert (fax_state(deliveries) is F.SENT) == (set(deliveries) == {D.SENT})


@given(states)
def test_a_fax_is_under_way_while_any_recipient_is_open(deliveries: list[DeliveryState]) -> None:
    under_way = fax_state(deliveries) in {F.UPLOADING, F.PRE_APPROVED, F.SCHEDULED}
    assert under_way == bool(set(deliveries) & PENDING)


def test_a_busy_recipient_makes_it_partially_sent() -> None:
    assert fax_state([D.SENT, D.FAILED]) is F.PARTIALLY_SENT
    assert fax_state([D.FAILED, D.FAILED]) is F.SEND_FAILED


def test_an_uncertain_recipient_is_not_hidden_by_a_sent_one() -> None:
    assert fax_state([D.SENT, D.UNCERTAIN]) is F.UNCERTAIN


def test_files_that_are_to_come_come_first() -> None:
    assert fax_state([D.UPLOADING, D.PREPARING]) is F.UPLOADING


def test_what_was_sent_stays_sent_and_all_else_may_be_sent_again() -> None:
    assert set(MOVES) == set(D)
    assert {state for state, to in MOVES.items() if not to} == {D.SENT}
    assert OPEN < PENDING
