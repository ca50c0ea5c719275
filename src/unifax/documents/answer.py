"""What a converter's child says, as far as it can be believed: a document may have taken it over."""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from unifax.documents.intake import Kind
from unifax.model.paper import PageReport

_MOST = 1 << 31
"No honest number comes near it."


class Answer(BaseModel):
    """One message, or all that was said until now. None is what was not said."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    walls: str | None = None
    whole: bool = False
    "All walls of the sandbox stand."
    file: int | None = None
    "Which file the child is busy with, 0 is the first; None when it is our own things."
    kind: Kind | None = None
    pages: int | None = None
    page: PageReport | None = None
    "A page that can be read from the TIFF now."
    done: int | None = None
    refused: str | None = None
    broken: str | None = None
    late: bool = False
    "It was silent for too long, and was killed."
    ended: int | None = None
    "The exit code, said by the zygote; a signal is negative."
    cpu_seconds: float | None = None
    worn: bool = False
    "The zygote has grown, and should be replaced."

    def add(self, said: Self) -> None:
        """Take in one message more."""
        for name in said.model_fields_set:
            setattr(self, name, getattr(said, name))


def understood(message: bytes) -> Answer:
    """Return what a child says. Nonsense means that a document has taken it over: the child counts as broken."""
    try:
        said = Answer.model_validate_json(message)
    except ValidationError:
        return _NONSENSE
    page = said.page
    if page is not None and not (0 < page.number < _MOST and 0 < page.rows < _MOST and _are_sizes(page)):
        return _NONSENSE
    return said


def _are_sizes(page: PageReport) -> bool:
    return all(0 <= octets < _MOST for octets in page.octets.values())


_NONSENSE = Answer(ended=0, broken="it talks nonsense")
