"""Paper: what a request asks of it is read, or refused by the name of the member."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.cover import Cover
from unifax.model.errors import RequestInvalid
from unifax.model.paper import AS_IT_COMES, PaperTerms, Resolution, Treatment

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
MEMBERS = ("resolution", "treatment", "pages", "charset", "cover")


def test_who_says_nothing_leaves_it_to_us() -> None:
    assert PaperTerms.read({"recipients": ["7778888"]}) == AS_IT_COMES
    assert PaperTerms.read(dict.fromkeys(MEMBERS)) == AS_IT_COMES
    assert PaperTerms.read({"resolution": "auto", "treatment": "auto", "pages": {}}) == AS_IT_COMES


def test_all_that_can_be_asked_is_read() -> None:
    asked = {
        "resolution": "300",
        "treatment": "text",
        "pages": {"3": {"treatment": "photo"}, "12": {"treatment": "auto"}},
        "charset": "Windows-1255",
        "cover": {"to": "Ann"},
    }
    assert PaperTerms.read(asked) == PaperTerms(
        Resolution.R300, Treatment.TEXT, {3: Treatment.PHOTO, 12: Treatment.AUTO}, "windows-1255", Cover(to="Ann")
    )


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"resolution": "best"}, "'resolution' must be one of auto, standard, fine, superfine, 300, 400."),
        ({"resolution": 300}, "'resolution' must be"),
        ({"treatment": "Photo"}, "'treatment' must be one of auto, text, photo."),
        ({"pages": [1]}, "'pages' must be"),
        ({"pages": {"0": {"treatment": "photo"}}}, "'pages' must be"),
        ({"pages": {"01": {"treatment": "photo"}}}, "'pages' must be"),
        ({"pages": {"٣": {"treatment": "photo"}}}, "'pages' must be"),
        ({"pages": {"3": "photo"}}, "'pages.3' must be"),
        ({"pages": {"3": {"treatment": "photo", "resolution": "fine"}}}, "'pages.3' must be"),
        ({"pages": {"3": {"treatment": "dots"}}}, "'pages.3.treatment' must be one of"),
        ({"charset": "klingon"}, "'charset' must be"),
        ({"cover": "plain"}, "'cover' must be"),
    ],
)
def test_what_makes_no_sense_is_named(asked: dict[str, object], named: str) -> None:
    with pytest.raises(RequestInvalid) as refused:
        PaperTerms.read(asked)
    assert named in str(refused.value)


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_whatever_is_asked_is_read_or_refused(asked: dict[str, object]) -> None:
    try:
        PaperTerms.read(asked)
        refused = None
    except RequestInvalid as error:
        refused = str(error)
    assert refused is None or any(f"'{name}" in refused for name in asked)
