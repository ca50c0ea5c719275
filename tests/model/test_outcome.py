"""Every outcome means something, and every code leads to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.outcome import FROM_Q850, MEANING, Outcome, outcome_of_refusal


def test_every_outcome_says_what_it_means_and_whether_to_call_again() -> None:
    assert set(MEANING) == set(Outcome)
    assert all(meaning.text for meaning in MEANING.values())


@given(st.integers(300, 699), st.none() | st.integers(0, 200))
def test_every_refusal_has_an_outcome_that_is_no_success(status: int, q850: int | None) -> None:
    assert outcome_of_refusal(status, q850) not in {Outcome.SENT, Outcome.UNCERTAIN}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, Outcome.BUSY),
        (600, Outcome.BUSY),
        (603, Outcome.REFUSED),
        (404, Outcome.NO_SUCH_NUMBER),
        (480, Outcome.UNAVAILABLE),
        (408, Outcome.UNREACHABLE),
        (503, Outcome.CONGESTION),
        (599, Outcome.CONGESTION),
        (499, Outcome.REFUSED),
    ],
)
def test_a_sip_status_leads_to_its_outcome(status: int, outcome: Outcome) -> None:
    assert outcome_of_refusal(status) is outcome


def test_a_q850_cause_is_nearer_to_the_truth_than_the_status_it_became() -> None:
    assert outcome_of_refusal(480, 17) is Outcome.BUSY
    assert outcome_of_refusal(480, 127) is Outcome.UNAVAILABLE
    assert 127 not in FROM_Q850
