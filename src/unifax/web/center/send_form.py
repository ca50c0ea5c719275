"""What was filled in to send a fax, as a program would ask for it. Knows no HTTP.

Only what a form can get wrong is checked here: all else where the requests of programs are (`service/sending.py`).
"""

import re
from datetime import datetime, tzinfo

from unifax.model.errors import RequestInvalid
from unifax.web.center.frame import Fields

PAGE = "page-"
"Begins the name of the field that says how one page is treated."

_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}", re.ASCII)
_NAMED = re.compile(r"[^<>]*<([^<>]+)>\s*")
_PAGES = re.compile(r"([1-9][0-9]{0,3})(?:\s*[-–]\s*([1-9][0-9]{0,3}))?", re.ASCII)
_BETWEEN = re.compile(r"[,;\n]")
_COVER = ("template", "language", "to", "company", "from", "subject", "message")


def asked_of(fields: Fields, zone: tzinfo) -> dict[str, object]:
    """Return the members of a request, of what is filled in; empty fields are left out, but for the recipients.

    Moments are as the clocks of a zone show them. Raises RequestInvalid.
    """
    asked: dict[str, object] = {"recipients": recipients_of(fields)}
    for name in ("priority", "resolution", "treatment", "label"):
        if value := fields.one(name):
            asked[name] = value
    for name, member in (("send_after", "sendAfter"), ("give_up_at", "giveUpAt")):
        if value := fields.one(name):
            asked[member] = _moment(value, zone)
    if days := fields.one("keep_days"):
        asked["keepDays"] = int(days) if days.isascii() and days.isdigit() and len(days) < 8 else days
    if treatments := treatments_of(fields):
        asked["pages"] = {str(page): {"treatment": treatment} for page, treatment in treatments.items()}
    if fields.one("cover"):
        texts = {name: fields.one(f"cover_{name}") for name in _COVER}
        flags = {name: bool(fields.one(f"cover_{name}")) for name in ("urgent", "confidential")}
        asked["cover"] = {name: text for name, text in texts.items() if text} | flags
    return asked


def recipients_of(fields: Fields) -> list[str]:
    """Return who was named: each in a field of his own, many in one. `Anna <555 1234>` is as good as the number."""
    written = [*fields.all("to"), *(part for text in fields.all("more") for part in _BETWEEN.split(text))]
    return [number_in(each) for each in written if each.strip()]


def number_in(text: str) -> str:
    """Return the number in what somebody wrote, which may have a name before it."""
    named = _NAMED.fullmatch(text)
    return (named[1] if named else text).strip()


def key_of(text: str) -> str:
    """Return the key of a form, by which it is known when it comes twice. Raises RequestInvalid."""
    if not _KEY.fullmatch(text):
        raise RequestInvalid("This form is not whole. Load the page again.")
    return text


def _moment(text: str, zone: tzinfo) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RequestInvalid(f"'{text[:40]}' is no time.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def treatments_of(fields: Fields) -> dict[int, str]:
    """Return how single pages are treated: those listed as photographs, and what was chosen beside a preview.

    Raises RequestInvalid.
    """
    found: dict[int, str] = {}
    for part in filter(str.strip, _BETWEEN.split(fields.one("photo_pages"))):
        pages = _PAGES.fullmatch(part.strip())
        if pages is None or int(pages[2] or pages[1]) < int(pages[1]):
            raise RequestInvalid("Pages are named by their numbers: 2, 5-7.")
        found |= dict.fromkeys(range(int(pages[1]), int(pages[2] or pages[1]) + 1), "photo")
    for name, value in fields.pairs:
        number = name.removeprefix(PAGE)
        if name != number and number.isascii() and number.isdigit() and len(number) < 5 and value:
            found[int(number)] = value
    return found
