"""Why calls fail, as far as it can be told from outside."""

import re
from pathlib import Path

import pytest

from unifax.model.advice import (
    BY_OUTCOME,
    BY_STATUS,
    LOST_PACKETS,
    ONE_WAY,
    Advice,
    Symptoms,
    advice,
    media_of,
)
from unifax.model.call import Media
from unifax.model.outcome import FROM_SIP, MEANING, Fault, Outcome
from unifax.model.transcript import Entry, Layer

CONFIGURATION = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()


@pytest.mark.parametrize(
    ("symptoms", "expected"),
    [
        (Symptoms(Outcome.SENT, None, Media.T38, True, 100, 0.1), None),
        (Symptoms(Outcome.BUSY, 486, None, False, 0, 0.0), BY_OUTCOME[Outcome.BUSY]),
        (Symptoms(Outcome.NOT_AUTHORIZED, 407, None, False, 0, 0.0), BY_STATUS[407]),
        (Symptoms(Outcome.NOT_A_FAX, None, None, True, 0, 0.0), ONE_WAY),
        (Symptoms(Outcome.NOT_A_FAX, None, None, True, 500, 0.0), BY_OUTCOME[Outcome.NOT_A_FAX]),
        (Symptoms(Outcome.DROPPED, None, Media.T38, True, 500, 0.02), LOST_PACKETS[Media.T38]),
        (Symptoms(Outcome.PROTOCOL, None, Media.G711, True, 500, 0.02), LOST_PACKETS[Media.G711]),
        (Symptoms(Outcome.PROTOCOL, None, Media.G711, True, 500, 0.001), BY_OUTCOME[Outcome.PROTOCOL]),
        (Symptoms(Outcome.REFUSED, 488, None, False, 0, 0.0), BY_STATUS[488]),
    ],
)
def test_the_likely_cause(symptoms: Symptoms, expected: Advice | None) -> None:
    assert advice(symptoms) == expected


def test_every_failure_that_a_line_can_report_has_a_cause() -> None:
    """Those that are missing say all there is to say, or never come from a call."""
    never = {Outcome.SENT, Outcome.CANCELLED, Outcome.DOCUMENT, Outcome.NOT_UPLOADED, Outcome.EXPIRED}
    by_status = {FROM_SIP[status] for status in BY_STATUS}
    assert set(MEANING) - never - {Outcome.NO_ROUTE} == set(BY_OUTCOME) | by_status
    assert all(MEANING[outcome].fault is not Fault.NOBODY for outcome in BY_OUTCOME)


def test_every_setting_that_is_named_exists() -> None:
    told = [*BY_STATUS.values(), *BY_OUTCOME.values(), *LOST_PACKETS.values(), ONE_WAY]
    named = {name for each in told for name in re.findall(r"(?:trunks\.NAME|line|retry)\.\w+", each.remedy)}
    assert len(named) > 5
    assert [name for name in named if f"`{name}`" not in CONFIGURATION] == []


def test_what_was_lost_is_counted_over_the_whole_call() -> None:
    entries = [
        Entry(1.0, Layer.MEDIA, None, "", {"came": 10, "received": 8, "recovered": 1, "lost": 1}),
        Entry(2.0, Layer.CALL, None, ""),
        Entry(3.0, Layer.MEDIA, None, "", {"came": 10, "played": 9, "repeated": 1}),
    ]
    assert media_of(entries) == (20, 0.1)
    assert media_of([]) == (0, 0.0)
