"""What happens to faxes, as those are told who follow: an App that listens, a hook, a person who looks on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Facts = Mapping[str, str | int | bool | None]
"What is to be told of an event, by name: camelCase, as the API writes it."


class EventKind(StrEnum):
    """What sort of thing happened."""

    FAX = "fax"
    "The state of a fax as a whole has changed."
    RECIPIENT = "recipient"
    "The state of one of its recipients has changed."
    PROGRESS = "progress"
    "Something happened within a call: it rang, was answered, a page was confirmed. Hooks are not told."
    RECEIVED = "received"
    "An extension has received a fax."


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, once. Events are in the order of their ids."""

    id: int
    kind: EventKind
    extension: str
    fax_id: int | None
    inbox_id: int | None
    at: datetime
    facts: Facts
