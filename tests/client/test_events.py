"""A stream of events, in pieces of any size."""

from hypothesis import given
from hypothesis import strategies as st

from unifax.client.events import EventReader, Told


def told(stream: bytes, sizes: list[int]) -> list[Told]:
    reader, events = EventReader(), list[Told]()
    for size in sizes:
        events += reader.receive(stream[:size])
        stream = stream[size:]
    return events + reader.receive(stream)


def test_what_the_standard_shows_is_read_as_it_says() -> None:
    stream = (
        b"event: add\ndata: 73\ndata:x\nid: 1\n\n: a comment\n\ndata\ndata\n\nid\ndata: y\nretry: 9\n\ndata: no end"
    )
    assert told(stream, []) == [Told("add", "73\nx", "1"), Told("message", "\n", "1"), Told("message", "y", "")]


@given(st.lists(st.integers(1, 5)), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_pieces_of_any_size_and_any_line_break_tell_the_same(sizes: list[int], line_break: bytes) -> None:
    stream = b"id: 1\ndata: a\n\nevent: b\ndata: c\ndata: d\n\n: end\n".replace(b"\n", line_break)
    assert told(stream, sizes) == [Told("message", "a", "1"), Told("b", "c\nd", "1")]


@given(st.lists(st.binary(max_size=20)))
def test_no_bytes_stop_the_reader(pieces: list[bytes]) -> None:
    reader = EventReader()
    for piece in pieces:
        reader.receive(piece)
