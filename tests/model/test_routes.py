"""Which trunks a number goes by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RecipientsInvalid
from unifax.model.outcome import MEANING, Again, Outcome
from unifax.model.routes import FAULTS_OF_A_TRUNK, Route, Routes, next_way, rewritten, way_after_a_pause

NUMBERS = st.from_regex(r"\A\+?[0-9]{1,12}\Z")
PATTERNS = st.lists(st.from_regex(r"\A\+?[0-9]{0,3}[*]?\Z"), max_size=3)
ROUTES = st.lists(
    st.builds(Route, st.sampled_from("abcdef"), PATTERNS, PATTERNS, st.sampled_from([0.0, 1.0, 2.0]), st.booleans()),
    max_size=5,
    unique_by=lambda route: route.trunk,
)


@given(ROUTES, PATTERNS, NUMBERS)
def test_a_number_goes_by_trunks_that_reach_it_the_cheapest_first(
    routes: list[Route], deny: list[str], number: str
) -> None:
    known = {route.trunk: route for route in routes}
    ways = Routes(routes, deny).ways(number)
    assert all(known[trunk].reaches(number) for trunk in ways)
    assert [known[trunk].cost for trunk in ways] == sorted(known[trunk].cost for trunk in ways)
    if not ways:
        with pytest.raises(RecipientsInvalid):
            Routes(routes, deny).first(number)
    else:
        assert Routes(routes, deny).first(number) == ways[0]


def test_of_equal_ways_the_one_named_first_comes_first() -> None:
    assert Routes([Route("b", ["*"]), Route("a", ["0*"])]).ways("040") == ("b", "a")


def test_what_a_lone_way_reaches_goes_no_other_way() -> None:
    routes = Routes([Route("carrier", ["*"]), Route("sandbox", ["777*"], alone=True, cost=9)])
    assert routes.ways("7778888") == ("sandbox",)
    assert routes.ways("040") == ("carrier",)


def test_a_refusal_says_whether_a_number_is_denied_or_not_reached() -> None:
    routes = Routes([Route("carrier", ["0*"], deny=["0137*"])], deny=["0900*"])
    with pytest.raises(RecipientsInvalid, match="'09001' may not be called"):
        routes.first("09001")
    for number in ("0137555", "1"):
        with pytest.raises(RecipientsInvalid, match=f"No trunk reaches '{number}'"):
            routes.first(number)


@given(st.lists(st.sampled_from("abcde"), unique=True), st.sampled_from("abcdef"), st.sampled_from(Outcome))
def test_trunks_that_fail_are_gone_through_once_in_their_order(ways: list[str], trunk: str, outcome: Outcome) -> None:
    gone_through = [trunk]
    while (following := next_way(ways, gone_through[-1], outcome)) is not None:
        gone_through.append(following)
    if outcome in FAULTS_OF_A_TRUNK and trunk in ways:
        assert gone_through == ways[ways.index(trunk) :]
        assert way_after_a_pause(ways, gone_through[-1], outcome) == ways[0]
    else:
        assert gone_through == [trunk]
        assert way_after_a_pause(ways, trunk, outcome) == trunk


def test_another_trunk_is_not_asked_for_what_is_the_fault_of_the_number_called() -> None:
    assert {MEANING[outcome].again for outcome in FAULTS_OF_A_TRUNK} == {Again.CONGESTION, Again.NEVER}
    assert Outcome.NO_SUCH_NUMBER not in FAULTS_OF_A_TRUNK


@pytest.mark.parametrize(
    ("rules", "number", "dialled"),
    [
        ({}, "0401", "0401"),
        ({"^0": ""}, "0401", "401"),
        ({"^": "9"}, "0401", "90401"),
        ({r"^00(\d+)$": r"+\1"}, "00491", "+491"),
        ({r"^\+": "00", "^0049": "0"}, "+49401", "0401"),
        ({"0": "x"}, "0000", "x000"),
    ],
)
def test_a_number_is_rewritten_rule_by_rule(rules: dict[str, str], number: str, dialled: str) -> None:
    assert rewritten(number, rules) == dialled
