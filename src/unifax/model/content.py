"""What a file of ours holds, and where it is kept. Knows neither the file nor the place."""

from dataclasses import dataclass

FORGOTTEN = ""
"The place of what was forgotten: its hash is all that is left of it."


@dataclass(frozen=True, slots=True)
class Content:
    """One file that is kept."""

    sha256: str
    "Of what is in it, hex."
    place: str | None = None
    "As `store.blobs` names it; None is what the first release has kept, which is named after its hash."

    @property
    def is_forgotten(self) -> bool:
        return self.place == FORGOTTEN
