"""Frames of T.30 in plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.wire.t30_pages import ACCEPTED, LAST_PAGE, REFUSED
from unifax.wire.t30_words import WORDS, said


def test_a_frame_is_told_by_name_and_in_words() -> None:
    assert said("MCF") == "MCF: the page was received"
    assert said("PPS-EOP") == "PPS-EOP: part of a page is out: that was the last page"
    assert said("?FF") == "?FF"


@pytest.mark.parametrize(
    ("name", "bits", "told"),
    [
        (
            "DIS",
            "20eefac4809180808018",
            "V.27ter, V.29, V.17, V.8, error correction, MR, MMR, fine, superfine, pages 303 mm wide, any length",
        ),
        ("DCS", "0062f844", "14400 bit/s (V.17), error correction, MMR, fine, pages 215 mm wide, any length"),
        ("DCS", "0008", "4800 bit/s (V.27ter), pages 215 mm wide, A4"),
        ("DIS", "000c05", "V.27ter, V.29, pages 255 mm wide, B4"),
        ("DIS", "002407", "a modem of no known kind, pages of no known width, B4"),
        ("DIS", "00", "V.27ter at 2400 bit/s, pages 215 mm wide, A4"),
    ],
)
def test_what_a_machine_can_do_and_is_told_to_do(name: str, bits: str, told: str) -> None:
    assert said(name, bytes.fromhex(bits)).endswith(f": {told}")


@given(st.binary(max_size=40))
def test_any_bits_are_told(bits: bytes) -> None:
    assert said("DIS", bits).startswith("DIS: what the called machine can do")


def test_what_decides_about_a_page_has_words() -> None:
    assert {"DIS", "DCS", "CFR", "FTT", "PPR", "DCN"} | ACCEPTED | REFUSED | LAST_PAGE <= set(WORDS)
