"""Telephone numbers in one form each, and those that may not be called."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unifax.model.errors import RecipientsInvalid, RequestInvalid
from unifax.model.numbering import Guard, NumberingPlan, parse_region
from unifax.model.numbers import parse_recipient

GERMANY = NumberingPlan("DE", local=["7778???", "2??"])


@pytest.mark.parametrize(
    ("region", "written", "number"),
    [
        ("DE", "030 123456", "+4930123456"),
        ("DE", "0049 30 123456", "+4930123456"),
        ("DE", "+49 (0)30 123456", "+4930123456"),
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1-212-555-0123", "+12125550123"),
        ("US", "011 49 30 123456", "+4930123456"),
        ("IT", "06 698 123", "+3906698123"),
        ("", "+49 (0)30 123456", "+4930123456"),
    ],
)
def test_a_public_number_has_one_form_however_it_is_written(region: str, written: str, number: str) -> None:
    assert NumberingPlan(region).canonical(parse_recipient(written)) == number


@pytest.mark.parametrize(
    ("plan", "number"),
    [
        (GERMANY, "7778888"),
        (GERMANY, "211"),
        (GERMANY, "8123456"),
        (GERMANY, "0003*211"),
        (NumberingPlan(), "030123456"),
        (NumberingPlan(), "112"),
    ],
)
def test_what_is_none_of_the_public_network_stays_as_it_is(plan: NumberingPlan, number: str) -> None:
    assert plan.canonical(number) == number


@pytest.mark.parametrize("wrong", ["+4", "+999123456", "+0", "+49301234567890123456"])
def test_a_plus_before_what_can_be_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(RecipientsInvalid):
        NumberingPlan().canonical(wrong)


@pytest.mark.parametrize(("region", "number"), [("DE", "112"), ("DE", "110"), ("US", "911")])
def test_no_fax_goes_to_an_emergency_number(region: str, number: str) -> None:
    with pytest.raises(RecipientsInvalid, match="emergency"):
        NumberingPlan(region).canonical(number)


@given(st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True), st.sampled_from(["", "DE", "US", "IT", "BR"]))
@example("+310000000", "")  # each reading takes a zero away
def test_the_one_form_is_the_form_of_itself(number: str, region: str) -> None:
    plan = NumberingPlan(region)
    try:
        found = plan.canonical(number)
    except RecipientsInvalid:
        return
    assert plan.canonical(found) == found


@pytest.mark.parametrize(
    ("guard", "number", "may"),
    [
        (Guard(), "+4930123456", True),
        (Guard(), "+499001234567", False),
        (Guard(), "+19002345678", False),
        (Guard(), "+881612345678", False),
        (Guard(premium=True), "+499001234567", True),
        (Guard(), "0900123456", True),
        (Guard(["DE"]), "+4930123456", True),
        (Guard(["DE"]), "+43123456", False),
        (Guard(["US"]), "+12125550123", True),
        (Guard(["US"]), "+14165550123", False),
        (Guard(["DE"]), "+80012345678", False),
        (Guard(["DE", "001"]), "+80012345678", True),
        (Guard(["DE"]), "7778888", True),
    ],
)
def test_the_guard_lets_through_what_it_is_told_to(guard: Guard, number: str, may: bool) -> None:
    assert (guard.objection(number) is None) == may


def test_a_region_is_a_country_by_its_two_letters() -> None:
    assert parse_region("de") == "DE"
    for wrong in ("", "D", "XX", "Germany", "001"):
        with pytest.raises(RequestInvalid):
            parse_region(wrong)
