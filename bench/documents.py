"""Documents of every class that people fax, drawn here and the same on every machine."""

import io
import random
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import typst
from PIL import Image, ImageFilter

from unifax.documents import pdf
from unifax.documents.typeset import FONT_FOLDERS
from unifax.model.paper import RASTERS, Resolution

A4_200_DPI = (1654, 2339)
_ENGLISH = (
    "the of and to a in is that for it as was with be by on not he this are at from but have an they which one you "
    "were all we there would their will when who him been has more if no out do so can what up said about other into "
    "than its time only could new them man some these then two first may any like now such order invoice delivery "
    "account payment contract patient insurance office department reference quantity amount signature Monday Friday"
)
_HEBREW = "של את על לא הוא זה היא עם כי אם גם או יש כל אני מה אל רק היה הזמנה חשבונית משלוח תשלום חוזה לקוח משרד"
_PAGE = (
    '#set page(paper: "a4", margin: 20mm)\n#set text(font: "Liberation Serif", size: 11pt)\n#set par(justify: true)\n'
)


def words(chance: random.Random, count: int, vocabulary: str = _ENGLISH) -> str:
    """Return sentences."""
    known = vocabulary.split()
    text = [chance.choice(known) for _ in range(count)]
    for at in range(0, count, 12):
        text[at] = text[at].capitalize()
        text[min(at + 11, count - 1)] += "."
    return " ".join(text)


def letter(chance: random.Random) -> bytes:
    body = "\n\n".join(words(chance, 70) for _ in range(4))
    return _set(f"{_PAGE}#align(right)[Anytown, 3 May]\n\n*Re: order 4711*\n\nDear Sir or Madam,\n\n{body}\n\nYours,\n")


def long_text(chance: random.Random) -> bytes:
    return _set(_PAGE + "\n#pagebreak()\n".join(words(chance, 420) for _ in range(100)))


def small_print(chance: random.Random) -> bytes:
    page = '#set page(paper: "a4", margin: 15mm, columns: 2)\n#set text(font: "Liberation Serif", size: 7pt)\n'
    return _set(page + "\n#pagebreak()\n".join(words(chance, 2600) for _ in range(4)))


def coloured_text(chance: random.Random) -> bytes:
    colours = ("#1f4e9e", "#b02418", "#5a5a5a", "#0d6b3f", "#000000", "#7a2d8f")
    paragraphs = [f'#text(fill: rgb("{chance.choice(colours)}"))[{words(chance, 60)}]' + "\n\n" for _ in range(7 * 10)]
    return _set(_PAGE + "#pagebreak()\n".join("".join(paragraphs[at : at + 7]) for at in range(0, 70, 7)))


def tint_charts(chance: random.Random) -> bytes:
    def chart() -> str:
        tints = ("#4472c4", "#ed7d31", "#a5a5a5", "#ffc000", "#5b9bd5", "#70ad47")
        bars = "".join(
            f"#place(bottom + left, dx: {12 + 26 * at}mm)[#rect(width: 18mm, height: {chance.randint(20, 90)}mm,"
            f' stroke: 0.5pt, fill: rgb("{tint}"))]'
            for at, tint in enumerate(tints)
        )
        legend = " ".join(
            f'#box(rect(width: 4mm, height: 3mm, fill: rgb("{tint}"))) {words(chance, 1)}' for tint in tints
        )
        return f"== {words(chance, 5)}\n#box(width: 100%, height: 95mm, stroke: 0.5pt)[{bars}]\n\n{legend}\n\n"

    return _set(_PAGE + "#pagebreak()\n".join(chart() + chart() for _ in range(6)))


def forms(chance: random.Random) -> bytes:
    def form() -> str:
        cells = ", ".join(f"[{words(chance, 3)}], []" for _ in range(90))
        return (
            f"= {words(chance, 4)}\n#text(size: 7pt)[{words(chance, 60)}]\n"
            f"#table(columns: (1fr, 2fr, 1fr, 2fr), stroke: 0.4pt + luma(120), inset: 5pt,"
            f" fill: (x, y) => if calc.even(x) {{ luma(225) }}, ..({cells}))\n"
        )

    return _set(_PAGE.replace("11pt", "8pt") + "#pagebreak()\n".join(form() for _ in range(5)))


def hebrew(chance: random.Random) -> bytes:
    page = '#set page(paper: "a4", margin: 20mm)\n#set text(font: "Liberation Serif", size: 12pt, lang: "he")\n'
    return _set(page + "\n#pagebreak()\n".join(words(chance, 380, _HEBREW) for _ in range(10)))


def photos(chance: random.Random) -> bytes:
    return _pictures([_photo(chance, A4_200_DPI) for _ in range(3)])


def scans(chance: random.Random) -> bytes:
    return _pictures([_scan(chance, letter(chance)) for _ in range(6)])


def mixed(chance: random.Random) -> bytes:
    """Twenty pages, most of them text: every fifth has a chart, every fourth a photograph, and headings in colour."""
    pages = []
    images = {}
    for number in range(20):
        body = f'= #text(fill: rgb("#1f4e9e"))[{words(chance, 5)}]\n{words(chance, 220)}\n\n'
        if number % 4 == 1:
            images[f"{number}.jpg"] = _jpeg(_photo(chance, (800, 600)))
            body += f'#image("{number}.jpg", width: 90mm)\n'
        if number % 5 == 2:
            bars = ", ".join(
                f"rect(width: {chance.randint(30, 150)}mm, height: 6mm, fill: luma(190))" for _ in range(6)
            )
            body += f"#stack(spacing: 2mm, {bars})\n"
        pages.append(body)
    return _set(_PAGE + "#pagebreak()\n".join(pages), images)


CLASSES: Mapping[str, Callable[[random.Random], bytes]] = {
    "letter": letter,
    "text, 100 pages": long_text,
    "small print": small_print,
    "coloured text": coloured_text,
    "forms": forms,
    "Hebrew": hebrew,
    "tint charts": tint_charts,
    "mixed": mixed,
    "grey scans": scans,
    "photographs": photos,
}


def made(name: str) -> bytes:
    """Return the document of a class, a PDF."""
    return CLASSES[name](random.Random(name))


def _set(source: str, images: Mapping[str, bytes] | None = None) -> bytes:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[folder for folder in FONT_FOLDERS if folder.is_dir()],
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (images or {}).items():
            (Path(folder) / name).write_bytes(data)
        (Path(folder) / "main.typ").write_text(source)
        compiler = typst.Compiler(root=folder, font_paths=fonts, ignore_system_fonts=True)
        made = compiler.compile(str(Path(folder) / "main.typ"), format="pdf", timestamp=0)
    assert isinstance(made, bytes)
    return made


def _photo(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Return what has the tones of a photograph: light that falls off, round things with shadows, and texture."""
    pixels = np.random.default_rng(chance.randrange(1 << 32))
    width, height = size
    tones = np.zeros((height, width), np.float32)
    for octave in range(1, 8):
        coarse = pixels.normal(size=(3 * 2**octave, 3 * 2**octave)).astype(np.float32)
        tones += np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)) / 1.9**octave
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(size)
    tones += 0.8 * np.cos(2 * x + chance.random()) + 0.5 * y
    for _ in range(6):
        at_x, at_y, radius = (
            chance.random() * width / max(size),
            chance.random() * height / max(size),
            chance.uniform(0.05, 0.2),
        )
        inside = np.clip(1 - ((x - at_x) ** 2 + (y - at_y) ** 2) / radius**2, 0, None)
        tones = np.where(inside > 0, chance.uniform(-1, 1) + 1.5 * np.sqrt(inside) - (x - at_x) / radius / 2, tones)
    tones += pixels.normal(scale=0.03, size=tones.shape)
    low, high = np.percentile(tones, (1, 99))
    return Image.fromarray((np.clip((tones - low) / (high - low), 0, 1) * 255).astype(np.uint8))


def _scan(chance: random.Random, document: bytes) -> Image.Image:
    """Return a page as an office scanner sees it: grey paper, darker to one side, soft letters, noise."""
    pixels = np.random.default_rng(chance.randrange(1 << 32))
    sharp = Image.fromarray(pdf.Pdf(document).grey(0, RASTERS[Resolution.R400]))
    soft = sharp.resize(A4_200_DPI, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.7))
    ink = 1 - np.asarray(soft, np.float32) / 255
    y, x = np.mgrid[0 : A4_200_DPI[1], 0 : A4_200_DPI[0]].astype(np.float32)
    paper = 225 - 25 * x / A4_200_DPI[0] - 12 * np.sin(y / 400)
    seen = paper - ink * (paper - 45) + pixels.normal(scale=5, size=ink.shape)
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def _pictures(pages: list[Image.Image]) -> bytes:
    """Return a PDF with a picture for each page, as scanners make them."""
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=200.0, quality=75)
    return file.getvalue()
