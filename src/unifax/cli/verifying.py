"""Whether the pages of a TIFF are those that a receipt tells of: they are coded again, and compared.

A far machine that takes no pages as fine was sent coarser ones, made of the same document (`documents.coarser`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from unifax.documents.coarser import coarsen
from unifax.model.errors import Forged, UnifaxError
from unifax.model.paper import Resolution
from unifax.model.receipt import PageSaid, Receipt, pages_of
from unifax.wire.coded_page import code_page

_RESOLUTIONS: Mapping[int, Resolution] = {
    3850: Resolution.STANDARD,
    7700: Resolution.FINE,
    15400: Resolution.SUPERFINE,
    11811: Resolution.R300,
    15748: Resolution.R400,
}
"By rows in a metre, as libspandsp has them."


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of comparing."""

    is_document: bool
    "The file is the document of the fax, octet by octet."
    same: Sequence[int]
    "Pages that were sent as they are in the file; 1 is the first."
    others: Sequence[int]
    "Pages that were not."


def compare(receipt: Receipt, file: Path) -> Compared:
    """Hold a fax TIFF against a receipt. Raises Forged when it has none of the pages, or cannot be read; OSError."""
    with file.open("rb") as octets:
        is_document = file_digest(octets, "sha256").hexdigest() == receipt.fax.document
    pages = pages_of(receipt)
    with TemporaryDirectory() as folder:
        made: dict[Resolution, Path] = {}
        same = [page.page for page in pages if _is_same(page, file, Path(folder), made)]
    others = [page.page for page in pages if page.page not in same]
    return Compared(is_document, same, others)


def _is_same(page: PageSaid, file: Path, folder: Path, made: dict[Resolution, Path]) -> bool:
    return _is_coded_so(page, file) or _is_coded_so(page, _coarser(page, file, folder, made))


def _is_coded_so(page: PageSaid, file: Path | None) -> bool:
    coded = None if file is None else code_page(file, page.page - 1, page.coding, page.row_bits)
    return coded is not None and (coded.sha256, coded.bits) == (page.sha256, page.bits)


def _coarser(page: PageSaid, file: Path, folder: Path, made: dict[Resolution, Path]) -> Path | None:
    resolution = _RESOLUTIONS.get(page.rows_per_metre)
    if resolution is None:
        return None
    if resolution not in made:
        made[resolution] = folder / f"{resolution}.tif"
        try:
            coarsen(file, {resolution}, made[resolution])
        except UnifaxError as error:
            raise Forged(f"{file} is no fax TIFF: {error}") from error
    return made[resolution]
