"""A fax TIFF as a PDF: the same coded pages in another envelope (ISO 32000-1 7.4.6). Decodes nothing, holds nothing.

The PDF is described, not built: what is ours as bytes, what is the pages' as places in the TIFF. So its size is known
beforehand, any part of it can be read, and a long fax takes no memory. The same TIFF always gives the same PDF.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unifax.documents.strips import Strip, read_strips

POINTS = 72
"To the inch, in PDF."
CATALOG, TREE, FIRST_PAGE = 1, 2, 3
"Numbers of objects; a page has three: itself, what is drawn on it, the image."

_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@dataclass(frozen=True, slots=True)
class Slice:
    """Octets of the TIFF."""

    offset: int
    octets: int
    is_reversed: bool
    "Each octet is to be turned round: PDF knows one order of bits only."

    def turned(self, data: bytes) -> bytes:
        """Return octets of the slice as they are to be written."""
        return data.translate(_REVERSED) if self.is_reversed else data


Piece = bytes | Slice


def fax_pdf(document: Path, turned: int = 0) -> Sequence[Piece]:
    """Return a fax TIFF as a PDF, in pieces, shown turned by so many degrees. Raises DamagedPages, OSError."""
    joined: list[Piece] = []
    for piece in _pieces(read_strips(document), turned):
        last = joined[-1] if joined else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return joined


def _pieces(strips: Sequence[Strip], turned: int) -> Iterator[Piece]:
    """Yield the file, keeping count of where each object begins: the table at its end says it (7.5.4)."""
    written, begins = 0, []
    header = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"  # four octets above 127, so that nobody takes it for text (7.5.2)
    written += len(header)
    yield header
    for number, pieces in enumerate(_objects(strips, turned), CATALOG):
        begins.append(written)
        for piece in (b"%d 0 obj\n" % number, *pieces, b"\nendobj\n"):
            written += len(piece) if isinstance(piece, bytes) else piece.octets
            yield piece
    entries = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    count = len(begins) + 1
    yield b"xref\n0 %d\n0000000000 65535 f \n" % count + entries
    yield b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, CATALOG, written)


def _objects(strips: Sequence[Strip], turned: int) -> Iterator[Sequence[Piece]]:
    """Yield the objects in the order of their numbers."""
    kids = " ".join(f"{FIRST_PAGE + 3 * index} 0 R" for index in range(len(strips)))
    yield [f"<</Type/Catalog/Pages {TREE} 0 R>>".encode()]
    rotate = f"/Rotate {turned}" if turned else ""  # of all pages: they inherit it (7.7.3.4)
    yield [f"<</Type/Pages/Count {len(strips)}/Kids[{kids}]{rotate}>>".encode()]
    for index, strip in enumerate(strips):
        page = FIRST_PAGE + 3 * index
        width, height = (
            f"{pixels / dpi * POINTS:.3f}" for pixels, dpi in ((strip.width, strip.x_dpi), (strip.rows, strip.y_dpi))
        )
        yield [
            f"<</Type/Page/Parent {TREE} 0 R/MediaBox[0 0 {width} {height}]/Contents {page + 1} 0 R"
            f"/Resources<</XObject<</P {page + 2} 0 R>>>>>>".encode()
        ]
        drawing = f"{width} 0 0 {height} 0 0 cm /P Do".encode()
        yield [b"<</Length %d>>stream\n" % len(drawing), drawing, b"\nendstream"]
        black_is = "" if strip.is_black_one else "/BlackIs1 true"
        yield [
            f"<</Type/XObject/Subtype/Image/Width {strip.width}/Height {strip.rows}/BitsPerComponent 1"
            f"/ColorSpace/DeviceGray/Filter/CCITTFaxDecode"
            f"/DecodeParms<</K -1/Columns {strip.width}/Rows {strip.rows}{black_is}>>/Length {strip.octets}>>"
            f"stream\n".encode(),
            Slice(strip.offset, strip.octets, strip.is_reversed),
            b"\nendstream",
        ]
