"""docs/api.md says what is there: every error, every field, every state, every way a call can end."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from unifax.model.call import Milestone
from unifax.model.errors import Refused
from unifax.model.event import EventKind
from unifax.model.fax import DeliveryState, FaxState
from unifax.model.outcome import MEANING
from unifax.service.limits import Limits
from unifax.store.views import RECEIVED, SENT
from unifax.web.uapi.collections import CollectionShape, Paging
from unifax.web.uapi.errors import CODES
from unifax.web.uapi.reading import CALL_FIELDS, RECIPIENT_FIELDS
from unifax.web.uapi.shapes import CallShape, FaxShape, FileShape, Reason, ReceivedShape, RecipientShape

DOCS = Path(__file__).parents[3] / "docs"
API = DOCS.joinpath("api.md").read_text()
READING = DOCS.joinpath("reading.md").read_text()


def refusals() -> set[tuple[str, str]]:
    kinds: list[type[Refused]] = [Refused, *Refused.__subclasses__()]
    return {(str(kind.status), kind.code) for kind in kinds if kind.status != 204}


def test_every_error_is_in_the_table_and_no_other() -> None:
    documented = set(re.findall(r"^\| (\d{3}) \| `(\w+)` \| \S", API, re.M))
    assert documented == refusals() | {(str(status), code) for status, code in CODES.items()}


def test_every_way_a_call_can_end_is_in_the_table_as_it_is_told() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (.+) \| (\w+) \| (\w+) \|$", API, re.M)
    assert documented == [(each, means.text, means.fault, means.again) for each, means in MEANING.items()]


@pytest.mark.parametrize("shape", [FaxShape, RecipientShape, CallShape, FileShape, Reason])
def test_every_field_is_explained(shape: type[BaseModel]) -> None:
    for field in shape.model_fields.values():
        assert f"`{field.alias}`" in API


@pytest.mark.parametrize("state", [*FaxState, *DeliveryState])
def test_every_state_is_named(state: str) -> None:
    assert f"`{state}`" in API


def test_limits_are_those_that_hold() -> None:
    limits = Limits()
    for what, limit in (("files", limits.files), ("recipients", limits.recipients), ("pages", limits.pages)):
        assert f"| {what} | {limit} |" in API
    assert f"| the whole request | {limits.bytes >> 20} MB |" in API


def test_every_field_that_can_be_filtered_by_is_named() -> None:
    sections = READING.split("\n## ")
    for title, fields in (
        ("Faxes sent", {name: field.kind for name, field in SENT.fields.items()}),
        ("Recipients", RECIPIENT_FIELDS),
        ("Calls", CALL_FIELDS),
        ("Faxes received", {name: field.kind for name, field in RECEIVED.fields.items()}),
    ):
        (section,) = (each for each in sections if each.startswith(title))
        assert dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.M)) == fields


@pytest.mark.parametrize("name", [*ReceivedShape.model_fields, *CollectionShape.model_fields, *Paging.model_fields])
def test_every_field_of_what_is_read_is_explained(name: str) -> None:
    assert f"`{to_camel(name)}`" in READING


@pytest.mark.parametrize("name", [*EventKind, *Milestone])
def test_every_event_and_every_step_is_named(name: str) -> None:
    assert f"`{name}`" in READING
