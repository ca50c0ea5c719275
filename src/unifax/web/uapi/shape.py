"""How the UnifiedAPI writes JSON: camelCase, no nulls, XML dateTime in UTC. Knows no fax."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:(?P<utc>Z)|(?P<offset>[-+ ]\d\d:\d\d))?", re.ASCII)


def xml_date_time(moment: datetime) -> str:
    """Return a moment as `2015-01-23T04:56:22Z` (XML Schema dateTime, as in VNUAPI30 Data Types)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_date_time(text: str) -> datetime | None:
    """Return a moment of XML Schema's dateTime, to the second, or None. Without an offset it is in UTC.

    A plus that was not encoded has become a space on its way through a query.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    offset = (found["offset"] or "+00:00").replace(" ", "+")
    try:
        moment = datetime.fromisoformat(found[1] + offset).astimezone(UTC)
        return moment if moment.year < 9999 else None
    except (ValueError, OverflowError):
        return None


Moment = Annotated[datetime, PlainSerializer(xml_date_time, return_type=str)]


class Shape(BaseModel):
    """A JSON object. Fields without a value are left out when it is written."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, use_attribute_docstrings=True
    )
