"""How long pages take on the line: as it was measured."""

import pytest

from unifax.model.line_time import bits_seconds, call_seconds
from unifax.model.paper import Coding, PageReport, Resolution, Treatment


def test_a_call_with_the_page_that_was_measured_takes_as_long_as_it_did() -> None:
    page = PageReport(1, 0, Resolution.FINE, 2200, Treatment.TEXT, {Coding.MMR: 51_800})
    assert bits_seconds(page) == pytest.approx(28.8, abs=0.05)
    assert call_seconds([page]) == pytest.approx(47.3, abs=0.2)  # docs/line.md
