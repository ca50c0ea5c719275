"""Frames of T.30 in plain words."""

from unifax.wire.t30_pages import ACCEPTED, LAST_PAGE, REFUSED
from unifax.wire.t30_words import WORDS, said


def test_a_frame_is_told_by_name_and_in_words() -> None:
    assert said("MCF") == "MCF: the page was received"
    assert said("PPS-EOP") == "PPS-EOP: part of a page is out: that was the last page"
    assert said("?FF") == "?FF"


def test_what_decides_about_a_page_has_words() -> None:
    assert {"DIS", "DCS", "CFR", "FTT", "PPR", "DCN"} | ACCEPTED | REFUSED | LAST_PAGE <= set(WORDS)
