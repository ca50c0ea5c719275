"""The parameters of OAuth requests: three kinds of bodies, and anything at all."""

import base64
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RequestInvalid
from unifax.web.oauth.parameters import MAX_PARAMETERS, credentials, once, query_pairs, read_pairs

FORM = "application/x-www-form-urlencoded"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=5)


@given(PAIRS)
def test_what_was_written_as_a_form_is_read_again(pairs: list[tuple[str, str]]) -> None:
    assert read_pairs(f"{FORM}; charset=UTF-8", urlencode(pairs).encode()) == pairs
    assert list(query_pairs(urlencode(pairs))) == pairs


@given(st.dictionaries(WORDS, WORDS, max_size=5))
def test_what_was_written_as_json_is_read_again(fields: dict[str, str]) -> None:
    spaces = {name: value.replace("\N{NO-BREAK SPACE}", " ") for name, value in fields.items()}
    names = {name.replace("\N{NO-BREAK SPACE}", " "): value for name, value in spaces.items()}
    assert dict(read_pairs("application/json", json.dumps(names).encode())) == names


@given(st.lists(st.tuples(st.from_regex(r"\A[a-z_]{1,9}\Z"), st.from_regex(r"\A[ -~]{0,20}\Z")), max_size=5))
def test_what_was_written_as_multipart_is_read_again(pairs: list[tuple[str, str]]) -> None:
    parts = (f'--=b=\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in pairs)
    body = "".join(parts) + "--=b=--\r\n"
    assert list(read_pairs('multipart/form-data; boundary="=b="', body.encode())) == pairs


@given(
    st.sampled_from([FORM, "", "application/json", "multipart/form-data; boundary=b", "multipart/form-data", "x"]),
    st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: b"--b\r\n" + data + b"\r\n--b--\r\n"),
)
def test_any_body_is_parameters_or_refused(content_type: str, body: bytes) -> None:
    try:
        pairs = read_pairs(content_type, body)
    except RequestInvalid:
        return
    for name, value in pairs:
        assert (name + value).encode()


@given(st.text(max_size=80))
def test_any_header_shows_an_app_or_none(header: str) -> None:
    shown = credentials(f"Basic {header}", {})
    assert shown is None or all(isinstance(word, str) for word in shown)


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), WORDS)
def test_basic_is_read_as_it_was_written(key: str, secret: str) -> None:
    shown = base64.b64encode(f"{key}:{secret}".encode()).decode()
    assert credentials(f"bAsIc  {shown} ", {}) == (key, secret)


def test_half_a_character_from_json_becomes_a_question_mark() -> None:
    assert read_pairs("application/json", b'{"client_id":"\\ud800","n":7,"x":null,"y":[1]}') == [
        ("client_id", "?"),
        ("n", "7"),
    ]


def test_a_parameter_without_a_value_is_left_out_and_one_given_twice_refused() -> None:
    assert once([("a", ""), ("b", "1")]) == {"b": "1"}
    with pytest.raises(RequestInvalid):
        once([("a", "1"), ("a", "")])


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"&a=1" * (MAX_PARAMETERS + 1)),
        ("multipart/form-data; boundary=b", PART * (MAX_PARAMETERS + 1) + b"--b--\r\n"),
    ],
)
def test_there_are_only_so_many(content_type: str, body: bytes) -> None:
    with pytest.raises(RequestInvalid, match="too many"):
        read_pairs(content_type, body)
