"""What OpenAPI is told of bodies that routes read by themselves. Knows no route."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache

from pydantic import BaseModel


def schema_of(shape: type[BaseModel]) -> dict[str, object]:
    """Return the JSON schema of what is read, in the names that it is written with."""
    return deepcopy(dict(_schema(shape)))


@cache
def _schema(shape: type[BaseModel]) -> Mapping[str, object]:
    """To make one takes as long as to make several routes, and some are told of by many."""
    return shape.model_json_schema(by_alias=True)
