"""docs/api.md says what is there: every error, every field, every state, every way a call can end."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from unifax.model.errors import Refused
from unifax.model.fax import DeliveryState, FaxState
from unifax.model.outcome import MEANING
from unifax.service.sending import Limits
from unifax.web.uapi.errors import CODES
from unifax.web.uapi.shapes import CallShape, FaxShape, FileShape, Reason, RecipientShape

API = Path(__file__).parents[3].joinpath("docs/api.md").read_text()


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
