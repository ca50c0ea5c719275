"""Transcripts as they are packed."""

import json
import zlib

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.transcript import Entry, Layer, Way, packed, unpacked

ENTRIES = st.builds(
    Entry,
    st.integers(0, 10**7).map(lambda ms: ms / 1000),
    st.sampled_from(Layer),
    st.none() | st.sampled_from(Way),
    st.text(),
    st.dictionaries(st.text(), st.integers(0, 10**9)),
)


@given(st.lists(ENTRIES))
def test_what_is_packed_is_unpacked(entries: list[Entry]) -> None:
    assert unpacked(packed(entries)) == entries


def test_they_are_json_lines() -> None:
    entries = [Entry(0.0004, Layer.CALL, None, "now dialling"), Entry(1.5, Layer.SIP, Way.IN, "486\nTo: x", {"n": 1})]
    assert [json.loads(line) for line in zlib.decompress(packed(entries)).splitlines()] == [
        {"at": 0.0, "layer": "call", "text": "now dialling"},
        {"at": 1.5, "layer": "sip", "way": "in", "text": "486\nTo: x", "counts": {"n": 1}},
    ]
