"""Multipart bodies, well-formed and as printed in the manual, whole and in pieces."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RequestInvalid
from unifax.web.uapi.parts import MAX_LINE_BYTES, PartBegan, PartData, PartEnded, PartReader

BOUNDARY = b"----formdata-undici-0123"
PRINTED_BOUNDARY = b"------------325343636"
PRINTED = (
    b"------------325343636--------\n"
    b'Content-Disposition:form-data; name="files"; filename="/path/to/file/fax.txt"\n'
    b"Content-Type;application/octet-stream\n"
    b"\xc2\xa0\n"
    b"This is my fax\n"
    b"------------325343636\n"
    b'Content-Disposition:form-data; name="request";\n'
    b"{\n"
    b'\xc2\xa0\xc2\xa0"recipients":["7778888"]\n'
    b"}\n"
    b"------------325343636\n"
)
"The second example of the manual page, as printed, with its non-breaking spaces."

EM = "\N{EM DASH}"
TYPOGRAPHIC = (
    PRINTED.decode()
    .replace("------------325343636--------", EM * 4 + "325343636" + EM * 2 + "\N{EN DASH}")
    .replace("------------", EM * 4)
    .encode()
)
"The first example: the page's typesetting has turned the dashes into long ones."

Part = tuple[dict[str, str], bytes]


def read(boundary: bytes, pieces: Iterable[bytes]) -> list[Part]:
    reader = PartReader(boundary)
    parts: list[Part] = []
    whole = True
    events = [event for piece in pieces for event in reader.receive(piece)] + reader.end()
    for event in events:
        match event:
            case PartBegan(headers):
                assert whole
                whole = False
                parts.append((dict(headers), b""))
            case PartData(data):
                assert not whole
                parts[-1] = (parts[-1][0], parts[-1][1] + data)
            case PartEnded():
                assert not whole
                whole = True
    assert whole
    return parts


def value_or_refusal(boundary: bytes, pieces: Iterable[bytes]) -> list[Part] | None:
    try:
        return read(boundary, pieces)
    except RequestInvalid:
        return None


def cut(body: bytes, at: Iterable[int]) -> list[bytes]:
    places = [0, *sorted(place % (len(body) + 1) for place in at), len(body)]
    return [body[a:b] for a, b in itertools.pairwise(places)]


def well_formed(contents: Iterable[bytes], boundary: bytes = BOUNDARY) -> bytes:
    parts = (
        b'--%b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n%b\r\n' % (boundary, content)
        for content in contents
    )
    return b"".join(parts) + b"--%b--\r\n" % boundary


FILE = {"content-disposition": 'form-data; name="files"; filename="/path/to/file/fax.txt"'}
REQUEST = {"content-disposition": 'form-data; name="request";'}


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("boundary", "body"), [(PRINTED_BOUNDARY, PRINTED), ((EM * 4 + "325343636").encode(), TYPOGRAPHIC)]
)
def test_the_printed_example_is_understood(boundary: bytes, body: bytes, newline: bytes) -> None:
    file, request = read(boundary, [body.replace(b"\n", newline)])
    assert file == (FILE | {"content-type": "application/octet-stream"}, b"This is my fax")
    assert request[0] == REQUEST
    assert request[1].replace(b"\xc2\xa0", b" ").split() == [b"{", b'"recipients":["7778888"]', b"}"]


def test_the_printed_example_may_lack_its_last_line_break_or_its_empty_line() -> None:
    assert read(PRINTED_BOUNDARY, [PRINTED.rstrip()])[0][1] == b"This is my fax"
    assert read(PRINTED_BOUNDARY, [PRINTED.replace(b"\xc2\xa0\n", b"")])[0][1] == b"This is my fax"


def test_a_body_with_bare_line_feeds_is_understood() -> None:
    assert [content for _, content in read(BOUNDARY, [well_formed([b"a\nb\n", b""]).replace(b"\r\n", b"\n")])] == [
        b"a\nb\n",
        b"",
    ]


def test_a_line_that_only_begins_like_a_delimiter_is_content() -> None:
    content = b"------------325343636 is the answer\n325343636\n" + b"-" * (2 * MAX_LINE_BYTES)
    body = PRINTED.replace(b"This is my fax", content)
    assert read(PRINTED_BOUNDARY, [body])[0][1] == content


def test_a_file_without_line_breaks_is_not_held_back() -> None:
    reader = PartReader(PRINTED_BOUNDARY)
    reader.receive(PRINTED[: PRINTED.index(b"This")])
    events = reader.receive(b"x" * 100_000)
    assert sum(len(event.data) for event in events if isinstance(event, PartData)) > 99_900


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n\r\n",
        b"[object FormData]",
        b"{}",
        b"--other\r\n\r\n\r\n--other--\r\n",
        well_formed([b"cut"])[:-20],
        well_formed([b"no close"])[:-4],
        b"--%b\r\nno colon\r\n\r\n\r\n--%b--\r\n" % (BOUNDARY, BOUNDARY),
        b"--%b\r\n%b\r\n--%b--\r\n" % (BOUNDARY, b"X-Many: 1\r\n" * 100, BOUNDARY),
        b"--%b\r\nX-Long: %b\r\n\r\n\r\n--%b--\r\n" % (BOUNDARY, b"x" * 10_000, BOUNDARY),
        b"------------325343636--------\nThis is my fax\n------------325343636\n".replace(
            b"------------325343636", BOUNDARY
        ),
    ],
)
def test_what_is_no_multipart_is_refused(body: bytes) -> None:
    assert value_or_refusal(BOUNDARY, [body]) is None


def test_a_boundary_of_a_kilobyte_is_refused() -> None:
    with pytest.raises(RequestInvalid):
        PartReader(b"x" * 1000)


def test_a_body_of_no_parts_has_none() -> None:
    assert read(BOUNDARY, [b"--%b--\r\n" % BOUNDARY]) == []


def test_an_epilogue_is_ignored() -> None:
    assert len(read(BOUNDARY, [well_formed([b"one"]), b"--what is", b" this"])) == 1


@given(
    st.lists(st.binary(max_size=80).filter(lambda b: b"--" not in b), max_size=4), st.lists(st.integers(0), max_size=6)
)
def test_well_formed_parts_come_out_as_they_went_in_however_they_are_cut(contents: list[bytes], at: list[int]) -> None:
    body = well_formed(contents)
    assert [content for _, content in read(BOUNDARY, cut(body, at))] == contents


@given(st.sampled_from([PRINTED, TYPOGRAPHIC]), st.lists(st.integers(0), max_size=12))
def test_the_printed_example_may_come_in_any_pieces(body: bytes, at: list[int]) -> None:
    assert read(PRINTED_BOUNDARY, cut(body, at)) == read(PRINTED_BOUNDARY, [body])


fragments = st.lists(
    st.sampled_from(
        [
            *(b"\n", b"\r\n", b"\r", b"-", b"--", b"\xc2\xa0", b" ", b"\xe2\x80\x94", b"\xe2", b"x", b"{", b"\0"),
            *(PRINTED_BOUNDARY, b"--" + PRINTED_BOUNDARY, b"325343636", b"Content-Type;", b"Content-Disposition: a"),
            b"y" * 1100,
        ]
    )
    | st.binary(max_size=5),
    max_size=25,
).map(b"".join)


@given(
    st.sampled_from([b"", PRINTED[:29], PRINTED[:30], PRINTED[:110], PRINTED]),
    fragments,
    st.lists(st.integers(0), max_size=8),
)
def test_any_bytes_are_parts_or_refused_the_same_however_they_are_cut(start: bytes, rest: bytes, at: list[int]) -> None:
    body = start + rest
    assert value_or_refusal(PRINTED_BOUNDARY, cut(body, at)) == value_or_refusal(PRINTED_BOUNDARY, [body])


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=40))
def test_no_boundary_and_no_body_crash_the_reader(body: bytes, boundary: bytes) -> None:
    value_or_refusal(boundary, [body])
    value_or_refusal(boundary, [boundary + body])
    value_or_refusal(boundary, [b"--" + boundary + b"\n" + body])
