"""What a converter says of pages, where a test has no converter."""

from hashlib import sha256

from unifax.model.evidence import PageEvidence
from unifax.model.paper import Coding, PageReport, Resolution, Treatment


def reports(pages: int) -> list[PageReport]:
    """Return reports of so many pages of text."""
    octets = {Coding.MH: 50_000, Coding.MR: 40_000, Coding.MMR: 30_000}
    return [PageReport(number, 0, Resolution.FINE, 2287, Treatment.TEXT, octets) for number in range(1, pages + 1)]


def a_page(page: int) -> PageEvidence:
    """Return evidence of a page, as a call gives it."""
    coded = sha256(f"page {page}".encode()).hexdigest()
    return PageEvidence(page, "MCF", "MMR", True, 96_096, coded, 14_400, 1728, 2292, 7700, 0, 1, 0, 0)
