"""An operator's own templates of cover pages: read from a folder, and tried before anybody asks for them."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from unifax.documents.convert import Converter
from unifax.documents.order import Header
from unifax.model.cover import PLAIN, TEMPLATE_NAME, Cover
from unifax.model.errors import FileInvalid, Misconfigured
from unifax.model.paper import PaperTerms

MAX_BYTES = 48 << 10
"Of one template: it goes to the converter with each fax that asks for it."


def read_covers(folder: str) -> Mapping[str, str]:
    """Return the templates of a folder by their names: `letterhead` is in letterhead.typ. Empty: there are none.

    Raises Misconfigured.
    """
    if not folder:
        return {}
    try:
        found = {file.stem: _read(file) for file in sorted(Path(folder).iterdir()) if file.suffix == ".typ"}
    except OSError as error:
        raise Misconfigured(f"paper.cover_folder: {error.filename}: {error.strerror}") from error
    return found


def _read(file: Path) -> str:
    if file.stem == PLAIN or not TEMPLATE_NAME.fullmatch(file.stem):
        raise Misconfigured(f"paper.cover_folder: {file.name} must have another name: small letters, digits, - and _")
    data = file.read_bytes()
    if len(data) > MAX_BYTES:
        raise Misconfigured(f"paper.cover_folder: {file.name} is larger than {MAX_BYTES >> 10} KB")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Misconfigured(f"paper.cover_folder: {file.name} is not UTF-8") from error


def try_covers(covers: Mapping[str, str]) -> None:
    """Make a page of each template, with no words and with many, as it is made of faxes. Blocks.

    Raises Misconfigured, Unavailable.
    """
    if not covers:
        return
    header = Header("Unifax", "+1 555 0100", datetime(2000, 1, 1, tzinfo=UTC), recipient="+1 555 0199")
    with Converter(covers=covers) as converter, tempfile.TemporaryDirectory() as folder:
        for template in covers:
            words = Cover(template, "he", "To", "Company", "From", "Subject", "Message\n\nof lines", True, True)
            for cover in (Cover(template), words):
                try:
                    converter.render([], Path(folder, "cover.tif"), header, PaperTerms(cover=cover))
                except FileInvalid as error:
                    raise Misconfigured(f"paper.cover_folder: {template}.typ {error.reason}") from error
