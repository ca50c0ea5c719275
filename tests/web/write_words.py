"""Write what our pages say into the catalogues of all languages: `make words`. What is new stands there empty."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from unifax.web.languages import WORDS

SOURCES = Path("src/unifax/web")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "say": None, "ngettext": (1, 2)}
OPTIONS = {"**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trimmed": "true"}}


def said() -> Catalog:
    """Return all that is said in the sources, in their own language."""
    catalogue = Catalog(charset="utf-8", project="Unifax")
    for name, _, message, comments, context in extract_from_dir(
        str(SOURCES), METHODS, OPTIONS, KEYWORDS, comment_tags=("L10n:",)
    ):
        catalogue.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalogue


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Yield the catalogue of each language, brought up to date."""
    for path in sorted(WORDS.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem)
        catalogue.update(said(), no_fuzzy_matching=True, update_creation_date=False)
        yield path, catalogue


if __name__ == "__main__":
    for path, catalogue in catalogues():
        with path.open("wb") as file:
            write_po(
                file, catalogue, width=120, sort_output=True, no_location=True, ignore_obsolete=True, omit_header=True
            )
