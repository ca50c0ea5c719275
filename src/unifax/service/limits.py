"""What one fax may be, and how much an organization may send in a day. Pure: knows no database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from unifax.model.errors import FileInvalid, NothingToSend, TooMany, TooManyFiles
from unifax.store.usage import Usage

DAY = timedelta(days=1)
"A limit of a day counts the 24 hours before."


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fax may be. Defaults and ranges are VoipNow's (Set Fax Preferences)."""

    files: int = 5
    recipients: int = 5
    bytes: int = 10 * 1024 * 1024
    "Of the whole request."
    pages: int = 350
    organization_recipients: int = 0
    "Numbers that an organization may have called in a day; 0 is no limit."
    organization_pages: int = 0

    def check_files(self, files: int, *, has_cover: bool = False) -> None:
        """Raise NothingToSend or TooManyFiles. A cover page may go alone."""
        if not files and not has_cover:
            raise NothingToSend("There are no files to send.")
        if files > self.files:
            raise TooManyFiles(f"There are more than {self.files} files.")

    def check_pages(self, name: str, pages: int) -> None:
        """Raise FileInvalid when the fax is too long, now that the file of this name is in."""
        if pages > self.pages:
            raise FileInvalid(name, f"makes the fax longer than {self.pages} pages")

    def check_day(self, usage: Usage, recipients: int, now: datetime) -> None:
        """Raise TooMany when an organization that has sent so much in the last day may not call so many more.

        Pages are known only once they are made: the fax that goes over the limit is still sent, the next one is not.
        """
        again = (usage.first_at or now) + DAY - now
        if 0 < self.organization_recipients < usage.recipients + recipients:
            sentence = f"Your organization may fax to {self.organization_recipients} numbers a day."
            raise TooMany(sentence, ceil(again.total_seconds()))
        if 0 < self.organization_pages <= usage.pages:
            sentence = f"Your organization may fax {self.organization_pages} pages a day."
            raise TooMany(sentence, ceil(again.total_seconds()))
