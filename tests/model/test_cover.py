"""A cover page is asked for in JSON: whatever is in it becomes a cover, or a sentence that names what is wrong."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.cover import MAX_MESSAGE, MAX_SUBJECT, Cover
from unifax.model.errors import RequestInvalid


def test_nothing_said_is_a_plain_cover() -> None:
    assert Cover.read({}) == Cover()
    assert Cover.read({"to": None, "message": None, "urgent": None, "template": None}) == Cover()


def test_everything_said_is_kept() -> None:
    asked = {
        "template": "letterhead-2",
        "language": "he",
        "to": "Praxis Dr. Weiß",
        "company": "Weiß & Co",
        "from": "רחל",
        "subject": "הזמנה 17",
        "message": "first line \r\nsecond\u2028third\n",
        "urgent": True,
        "confidential": True,
    }
    cover = Cover.read(asked)
    assert cover.sender == "רחל"
    assert cover.message == "first line\nsecond\nthird"
    assert asdict(cover).items() >= {k: v for k, v in asked.items() if k not in ("from", "message")}.items()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("plain", "'cover' must be an object"),
        ({"form": "x"}, "'cover.form' is not known"),
        ({"template": "../plain"}, "'cover.template' must be"),
        ({"language": "tlh"}, "'cover.language' must be one of en, "),
        ({"to": 5}, "'cover.to' must be one line"),
        ({"subject": "x" * (MAX_SUBJECT + 1)}, "'cover.subject' must be one line of up to 200"),
        ({"subject": "two\nlines"}, "'cover.subject' must be one line"),
        ({"message": "x" * (MAX_MESSAGE + 1)}, "'cover.message' must be text of up to 4000"),
        ({"message": "\n" * 200 + "x"}, "in 100 lines"),
        ({"message": "bell \x07"}, "'cover.message' must be"),
        ({"message": "half \ud800"}, "'cover.message' must be"),
        ({"urgent": "yes"}, "'cover.urgent' must be true or false"),
    ],
)
def test_what_is_wrong_is_named(asked: object, says: str) -> None:
    with pytest.raises(RequestInvalid, match=says):
        Cover.read(asked)


_members = st.sampled_from(["template", "language", "to", "company", "from", "subject", "message", "urgent", "x"])
_values = st.text() | st.none() | st.booleans() | st.integers() | st.lists(st.text())


@given(st.dictionaries(_members, _values) | _values)
def test_any_json_is_a_cover_or_refused(asked: object) -> None:
    try:
        cover = Cover.read(asked)
    except RequestInvalid:
        return
    assert len(cover.message) <= MAX_MESSAGE
    assert "\n" not in cover.subject
