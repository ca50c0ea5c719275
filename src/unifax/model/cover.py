"""The words of a cover page: which template, who writes to whom, and about what. Draws nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import category

from unifax.model.errors import RequestInvalid

PLAIN = "plain"
"The template that comes with us."
LANGUAGES = ("en", "de", "es", "fr", "he", "ar")
"What its titles are written in (ISO 639-1)."
RIGHT_TO_LEFT = frozenset({"he", "ar"})
TEMPLATE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)

MAX_NAME = 100
MAX_SUBJECT = 200
MAX_MESSAGE = 4000
MAX_MESSAGE_LINES = 100
_TEXTS = ("to", "company", "from", "subject")
_LINES_END = re.compile("\r\n?|[\n\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover page as its sender asks for it. An empty text is left out of the page."""

    template: str = PLAIN
    language: str = LANGUAGES[0]
    to: str = ""
    "Who is to read the fax."
    company: str = ""
    "Where that person works."
    sender: str = ""
    "Who writes; empty: as in the header line."
    subject: str = ""
    message: str = ""
    "Lines, each ended by LF but the last."
    urgent: bool = False
    confidential: bool = False

    @classmethod
    def read(cls, asked: object, template: str = PLAIN) -> "Cover":
        """Read the member `cover` of a request's JSON. Raises RequestInvalid, naming the member.

        `template` is used where it names none. Whether there is one of that name is for those to say who have them.
        """
        if not isinstance(asked, Mapping):
            raise RequestInvalid("'cover' must be an object.")
        unknown = sorted(str(name)[:40] for name in asked.keys() - _MEMBERS)
        if unknown:
            raise RequestInvalid(f"'cover.{unknown[0]}' is not known; there are {', '.join(sorted(_MEMBERS))}.")
        template, language = _text(asked, "template", 40, template), _text(asked, "language", 40, LANGUAGES[0])
        if not TEMPLATE_NAME.fullmatch(template):
            raise RequestInvalid("'cover.template' must be the name of a template: small letters, digits, - and _.")
        if language not in LANGUAGES:
            raise RequestInvalid(f"'cover.language' must be one of {', '.join(LANGUAGES)}.")
        to, company, sender = (_text(asked, name, MAX_NAME) for name in ("to", "company", "from"))
        subject, message = _text(asked, "subject", MAX_SUBJECT), _message(asked)
        urgent, confidential = (_flag(asked, name) for name in ("urgent", "confidential"))
        return cls(template, language, to, company, sender, subject, message, urgent, confidential)


def parse_cover(text: str) -> str:
    """Return the template that an extension uses where a fax names none; empty: ours. Raises RequestInvalid."""
    if text and not TEMPLATE_NAME.fullmatch(text):
        raise RequestInvalid("'cover' must be the name of a template: small letters, digits, - and _.")
    return text


_MEMBERS = frozenset({"template", "language", *_TEXTS, "message", "urgent", "confidential"})


def _text(asked: Mapping[str, object], name: str, longest: int, missing: str = "") -> str:
    """Return a member that is one line of text."""
    text = asked.get(name)
    if text is None:
        return missing
    line = text.strip() if isinstance(text, str) else None
    if line is None or len(line) > longest or not _is_printable(line):
        raise RequestInvalid(f"'cover.{name}' must be one line of up to {longest} printable characters.")
    return line


def _message(asked: Mapping[str, object]) -> str:
    text = asked.get("message")
    if text is None:
        return ""
    lines = _LINES_END.split(text.rstrip()) if isinstance(text, str) and len(text) <= MAX_MESSAGE else []
    if not 1 <= len(lines) <= MAX_MESSAGE_LINES or not all(map(_is_printable, lines)):
        raise RequestInvalid(
            f"'cover.message' must be text of up to {MAX_MESSAGE} printable characters in {MAX_MESSAGE_LINES} lines."
        )
    return "\n".join(line.rstrip() for line in lines)


def _flag(asked: Mapping[str, object], name: str) -> bool:
    flag = asked.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise RequestInvalid(f"'cover.{name}' must be true or false.")
    return bool(flag)


def _is_printable(line: str) -> bool:
    """Tell whether all of a line is to be seen, is a space, or joins, parts or directs what is seen."""
    return all(letter.isprintable() or letter == "\t" or category(letter) in ("Zs", "Cf") for letter in line)
