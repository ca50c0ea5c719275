"""What a converter says of pages, where a test has no converter."""

from unifax.model.paper import Coding, PageReport, Resolution, Treatment


def reports(pages: int) -> list[PageReport]:
    """Return reports of so many pages of text."""
    octets = {Coding.MH: 50_000, Coding.MR: 40_000, Coding.MMR: 30_000}
    return [PageReport(number, 0, Resolution.FINE, 2287, Treatment.TEXT, octets) for number in range(1, pages + 1)]
