"""Server-sent events (WHATWG HTML 9.2), bytes in, events out. Knows no network."""

import re
from dataclasses import dataclass

_LINE = re.compile(rb"\r\n|\n|\r(?!\Z)")
"Whether a CR at the very end is a line of its own is not known yet."


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a stream."""

    name: str
    data: str
    id: str
    "Of this event or, when it has none, of the last one that had."


class EventReader:
    """Reads a stream of events, as its pieces come."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        "To go on from, in `Last-Event-ID`."
        self._held = b""
        self._name = ""
        self._id = last_id
        self._data: list[str] = []

    def receive(self, piece: bytes) -> list[Told]:
        """Take the next bytes; return the events that they complete."""
        *lines, self._held = _LINE.split(self._held + piece)
        return [told for line in lines if (told := self._line(line.decode("utf-8", "replace"))) is not None]

    def _line(self, line: str) -> Told | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
        return None  # a comment is a field without a name, and a field we do not know is passed over

    def _dispatch(self) -> Told | None:
        name, data, self._name, self._data = self._name, self._data, "", []
        self.last_id = self._id
        return Told(name or "message", "\n".join(data), self._id) if data else None
