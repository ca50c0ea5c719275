"""What paper is asked for and what it became: resolution, treatment, and what is said of each page. Draws nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from unifax.model.charset import parse_charset
from unifax.model.cover import PLAIN, Cover
from unifax.model.errors import RequestInvalid

AUTO = "auto"
"In place of a resolution."
_PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


class Resolution(StrEnum):
    """How finely a page is cut into pixels (T.4 clause 2, T.30 table 2)."""

    STANDARD = "standard"
    FINE = "fine"
    SUPERFINE = "superfine"
    R300 = "300"
    R400 = "400"


@dataclass(frozen=True, slots=True)
class Raster:
    """The pixels of a resolution."""

    width: int
    "Pixels of a row: 215 mm (T.4 clause 2.1)."
    x_dpi: float
    y_dpi: float
    a4_rows: int
    "297 mm."


RASTERS: Mapping[Resolution, Raster] = {
    Resolution.STANDARD: Raster(1728, 204.0, 97.79, 1143),
    Resolution.FINE: Raster(1728, 204.0, 195.58, 2287),
    Resolution.SUPERFINE: Raster(1728, 204.0, 391.16, 4574),
    Resolution.R300: Raster(2592, 300.0, 300.0, 3508),
    Resolution.R400: Raster(3456, 408.0, 391.16, 4574),
}
"libspandsp finds a page's resolution by its pair of numbers, within a few per cent."


class Treatment(StrEnum):
    """How grey becomes black and white."""

    AUTO = "auto"
    "Looks at the page: text is cut, shaded paper flattened, photographs become dots."
    TEXT = "text"
    "Cut and flattened, never dots."
    PHOTO = "photo"
    "All that is grey becomes dots."


class Coding(StrEnum):
    """How a page goes over the line."""

    MH = "MH"
    "T.4, one dimension."
    MR = "MR"
    "T.4, two dimensions."
    MMR = "MMR"
    "T.6."


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """How the pages of a fax are to be made."""

    resolution: Resolution | None = None
    "None leaves it to us: fine, and finer where small text would be lost."
    treatment: Treatment = Treatment.AUTO
    page_treatments: Mapping[int, Treatment] = field(default_factory=dict)
    "Of single pages of the fax; 1 is the first, a cover page not counted."
    charset: str | None = None
    "Of text files, as `model.charset` names it; None finds it out."
    cover: Cover | None = None
    "The page before the first; None for none."

    @classmethod
    def read(cls, asked: Mapping[str, object], resolution: Resolution | None = None, cover: str = "") -> "PaperTerms":
        """Read `resolution`, `treatment`, `pages`, `charset` and `cover` of a request's JSON.

        The resolution given is for those who ask for none, and so is the template of a cover page. Raises
        RequestInvalid, naming the member.
        """
        return cls(
            resolution if asked.get("resolution") is None else parse_resolution(asked["resolution"]),
            Treatment(_word(asked, "treatment", Treatment, Treatment.AUTO)),
            _page_treatments(asked.get("pages")),
            None if asked.get("charset") is None else parse_charset(asked["charset"]),
            None if asked.get("cover") is None else Cover.read(asked["cover"], cover or PLAIN),
        )


AS_IT_COMES = PaperTerms()
"Of a fax whose sender says nothing about it."


class PageWarning(StrEnum):
    """What a sender may want to know before a page is sent."""

    BLANK = "blank"
    "Nothing is on it, though the document has something there."
    SMALL_TEXT = "small_text"
    "Text that cannot be read at this resolution."
    MISSING_LETTERS = "missing_letters"
    "Boxes stand for letters of what we write ourselves: there is no font for them."
    LONG = "long"
    "It takes minutes on the line, as photographs do."


@dataclass(frozen=True, slots=True)
class PageReport:
    """What became of one page."""

    number: int
    "1 is the first page of the fax."
    file: int | None
    "Which of the files it comes from, 0 is the first; None for a cover page."
    resolution: Resolution
    rows: int
    treatment: Treatment
    "TEXT or PHOTO: which of them it got, at least in part."
    octets: Mapping[Coding, int]
    "The coded page, without fill. MMR is always there."
    warnings: tuple[PageWarning, ...] = ()


def parse_resolution(text: object) -> Resolution | None:
    """Return a resolution by its name; None for `auto`, which leaves it to us. Raises RequestInvalid."""
    name = _word({"resolution": text}, "resolution", (AUTO, *Resolution), AUTO)
    return None if name == AUTO else Resolution(name)


def _word(asked: Mapping[str, object], name: str, words: Iterable[str], missing: str) -> str:
    """Return a member that is one of some words."""
    word = asked.get(name.rpartition(".")[2])
    if word is None:
        return missing
    if not isinstance(word, str) or word not in tuple(words):
        raise RequestInvalid(f"'{name}' must be one of {', '.join(words)}.")
    return word


def _page_treatments(asked: object) -> Mapping[int, Treatment]:
    """Read the member `pages`: an object of objects, by page."""
    if asked is None:
        return {}
    if not isinstance(asked, Mapping) or not all(isinstance(page, str) and _PAGE.fullmatch(page) for page in asked):
        raise RequestInvalid('\'pages\' must be an object whose members are named by the numbers of pages: "1", "2".')
    treatments = {}
    for page, terms in asked.items():
        if not isinstance(terms, Mapping) or terms.keys() != {"treatment"}:
            raise RequestInvalid(f"'pages.{page}' must be an object with the member 'treatment', and no other.")
        treatments[int(page)] = Treatment(_word(terms, f"pages.{page}.treatment", Treatment, Treatment.AUTO))
    return treatments
