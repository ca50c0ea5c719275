"""What the values of settings may be. Knows no setting."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from unifax.model.numbering import WORLD, is_region

Listed = BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
"The environment separates the parts of a list with commas."

Patterns = Annotated[tuple[str, ...], Listed]
"Patterns of numbers."

Networks = Annotated[tuple[str, ...], Listed]
"Networks, `10.1.0.0/16`, or single addresses."


def _region(text: str) -> str:
    if text not in ("", WORLD) and not is_region(text):
        raise ValueError("must be a country by its two letters of ISO 3166-1, as in DE")
    return text


Region = Annotated[str, AfterValidator(_region)]
"A country, ISO 3166-1."

Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
