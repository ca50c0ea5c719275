"""Small fax documents for tests, and whether two of them show the same pages."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageSequence

WIDTH = 1728
"Pixels of a row of A4 and letter (T.4 2.1)."
FINE = (204.0, 196.0)
"Dots per inch; (204.0, 98.0) is standard, (204.0, 391.0) superfine."


def text_page(number: int, rows: int = 300, width: int = WIDTH) -> Image.Image:
    """Return a black and white page of lines like text; each number looks different."""
    page = Image.new("1", (width, rows), 1)
    draw = ImageDraw.Draw(page)
    draw.text((60, 8), f"PAGE {number}", fill=0)
    for line, y in enumerate(range(30, rows - 20, 28)):
        words = " ".join(f"{(number * 7919 + line * 104729 + word * 1299709) % 99991:x}" for word in range(40))
        draw.text((60, y), words, fill=0)
    draw.line((0, rows - 1, width - 1, rows - 1), fill=0)
    return page


def dense_page(number: int, rows: int = 300, width: int = WIDTH) -> Image.Image:
    """Return a page of noise that codes badly: many octets in few rows."""
    noise = np.random.default_rng(number).random((rows, width)) < 0.08
    return Image.fromarray(np.where(noise, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)


def write_fax(path: Path, pages: Sequence[Image.Image], dpi: tuple[float, float] = FINE) -> Path:
    """Write pages as a fax TIFF, T.6 coded, and return its path."""
    first, *others = pages
    first.save(path, format="TIFF", compression="group4", dpi=dpi, save_all=True, append_images=others)
    return path


def text_fax(path: Path, pages: int = 1, rows: int = 300) -> Path:
    """Write a fax of so many text-like pages, and return its path."""
    return write_fax(path, [text_page(number + 1, rows) for number in range(pages)])


def read_pages(path: Path) -> list[NDArray[np.bool_]]:
    """Return each page as rows of pixels, true where the paper is white."""
    with Image.open(path) as document:
        return [np.asarray(page.convert("1"), dtype=np.bool_) for page in ImageSequence.Iterator(document)]


def same_pages(sent: Path, received: Path, first_page: int = 0) -> bool:
    """Return whether `received` shows, pixel for pixel, what `sent` shows from `first_page` (0 for the first) on."""
    expected, got = read_pages(sent)[first_page:], read_pages(received)
    return len(expected) == len(got) and all(map(np.array_equal, expected, got))
