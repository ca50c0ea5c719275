"""Documents, and the pages that they become, kept in golden/ as PNG: a change of a pixel is seen and must be wanted.

`python -m tests.documents.draw_golden` draws them anew. Look at those that git says have changed.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from tests.documents import samples
from tests.documents.conftest import HEADER
from unifax.documents.convert import Converter
from unifax.documents.pages import png, read_pages
from unifax.model.paper import PaperTerms, Resolution

GOLDEN = Path(__file__).with_name("golden")

CARD = "0 0 300 200"
LETTERS = """BT /F 16 Tf 20 168 Td (Unifax 0123456789) Tj
/F 9 Tf 0 -16 Td (The quick brown fox jumps over the lazy dog) Tj
/F 6 Tf 0 -12 Td (Small print: eats shoots and leaves, &c. 8 6 9 @ a e g) Tj
0.8 0.1 0.1 rg /F 9 Tf 0 -14 Td (Red words) Tj 0.6 g 70 0 Td (grey words) Tj ET"""
LINES = """0 G 0.1 w 20 100 m 280 100 l S 0.5 w 20 95 m 280 95 l S 2 w 20 88 m 280 88 l S
[3 2] 0 d 1 w 20 80 m 280 80 l S [] 0 d 20 20 m 60 70 l S"""
TINTS = """0.85 g 90 20 30 50 re f 0.6 g 120 20 30 50 re f 0.3 g 150 20 30 50 re f 0.9 0.9 0.4 rg 180 20 30 50 re f
0.2 0.3 0.7 rg 210 20 60 50 re f 1 g BT /F 12 Tf 216 40 Td (White) Tj ET"""
DRAWING = f"{LETTERS}\n{LINES}\n{TINTS}"


def photograph(columns: int = 600, rows: int = 400) -> Image.Image:
    """A sky, hills before it, and a sun: soft tones, no chance in them."""
    y, x = np.mgrid[0:rows, 0:columns] / rows
    sky = 235 - 70 * y
    hills = 0.55 + 0.08 * np.sin(5 * x) + 0.03 * np.sin(17 * x + 1)
    land = 120 - 60 * (y - hills) + 18 * np.sin(40 * x + 9 * y) * np.sin(31 * y)
    sun = np.exp(-(((x - 1.1) ** 2 + (y - 0.2) ** 2) / 0.006))
    return Image.fromarray(np.clip(np.where(y > hills, land, sky) + 60 * sun, 0, 255).astype(np.uint8))


def scan() -> bytes:
    """A page of a fax machine: it must stay as it is."""
    page = Image.new("1", (1728, 300), 1)
    page.paste(Image.fromarray(np.indices((160, 1500)).sum(axis=0) % 7 > 2), (100, 100))
    return samples.saved(page, "TIFF", dpi=(204, 196), compression="group4")


HEBREW = "שלום, Unifax!\nטלפון: +972-3-555-0100 (שלוחה 7)\n\nEnglish again, naïve café, Größe.\n"

DOCUMENTS: Mapping[str, tuple[Callable[[], bytes], Resolution | None]] = {
    **{f"card-{each}": (lambda: samples.pdf(DRAWING, box=CARD), each) for each in Resolution},
    "form": (lambda: samples.form("acro"), Resolution.STANDARD),
    "letter": (lambda: samples.pdf(f"1.5 0 0 1.5 0 0 cm {LETTERS} {LINES}", box="0 0 450 300"), Resolution.FINE),
    "rotated": (lambda: samples.pdf(DRAWING, box=CARD).replace(b"/MediaBox", b"/Rotate 90 /MediaBox"), Resolution.FINE),
    "landscape": (lambda: samples.pdf(f"2.8 0 0 2.8 0 0 cm {DRAWING}", box="0 0 842 595"), Resolution.FINE),
    "a3": (lambda: samples.pdf(f"2.8 0 0 2.8 0 600 cm {DRAWING}", box="0 0 842 1191"), Resolution.FINE),
    "photograph": (lambda: samples.saved(photograph(), "JPEG", dpi=(150, 150), quality=90), Resolution.FINE),
    "scan": (scan, None),
    "hebrew": (lambda: HEBREW.encode(), Resolution.STANDARD),
}


def page_of(name: str, converter: Converter, folder: Path) -> bytes:
    """Return the page that a document becomes, as a PNG."""
    make, resolution = DOCUMENTS[name]
    (folder / "file").write_bytes(make())
    converter.render([(folder / "file", name)], folder / "out.tif", HEADER, PaperTerms(resolution=resolution))
    (page,) = read_pages(folder / "out.tif")
    return png(page)


def draw() -> None:
    with TemporaryDirectory() as folder, Converter() as converter:
        for name in DOCUMENTS:
            (GOLDEN / f"{name}.png").write_bytes(page_of(name, converter, Path(folder)))
            sys.stdout.write(f"{name}.png\n")


if __name__ == "__main__":
    draw()
