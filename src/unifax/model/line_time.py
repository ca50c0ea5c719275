"""How long pages take on the line. Arithmetic only.

The figures are those of docs/line.md, "How long a call takes", by T.38 and V.17.
"""

from collections.abc import Sequence

from unifax.model.paper import Coding, PageReport

BITS_PER_SECOND = 14_400
"V.17: what most machines take."
CALL_SECONDS = 13.6
"What a call takes beside its pages, from INVITE to the end."
PAGE_SECONDS = 5.0
"What a page takes beyond its bits: its training, the frames of error correction, its confirmation."


def bits_seconds(page: PageReport) -> float:
    """Return the seconds that the bits of a page take."""
    return page.octets[Coding.MMR] * 8 / BITS_PER_SECOND


def call_seconds(pages: Sequence[PageReport]) -> float:
    """Return the seconds that a call with these pages takes, when all goes well."""
    return CALL_SECONDS + sum(PAGE_SECONDS + bits_seconds(page) for page in pages)
