"""Data and a template to PDF, through Typst. The only user of typst; for converter processes only."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import typst

from unifax.documents.letters import Letters

FONT_FOLDERS = tuple(
    Path("/usr/share/fonts", folder)
    for folder in (
        "truetype/liberation2",  # Latin, Greek, Cyrillic, Hebrew
        "truetype/liberation",  # the same, as newer Debian has it
        "truetype/dejavu",  # box drawing, Arabic, Armenian, Georgian
        "truetype/wqy",  # Han, kana, Hangul
        "truetype/tlwg",  # Thai
        "truetype/lohit-devanagari",
        "truetype/noto",  # whatever else Debian's fonts-noto-core has, where it is
        "opentype/unifont",  # anything else
    )
)
"Debian's places. The first and the third must be there; the others make more scripts readable."

_TEMPLATES = Path(__file__).with_name("templates")

_REGULAR = 400

Json = str | float | bool | Sequence["Json"] | Mapping[str, "Json"]


def together(number: int, most: int) -> range:
    """Return the pages that are set in one go with a page, 1 is the first: 1, 2-3, 4-7 and so on, then `most` at once.

    Alone each costs several times as much; nobody should wait for a hundred pages before the first; and Typst's memory
    grows with what it sets. `most` must be a power of two.
    """
    start = number // most * most or 1 << number.bit_length() - 1
    return range(start, start + min(start, most))


class Typesetter:
    """Typst with its fonts found, which takes 0.05 to 0.2 s, and its templates read.

    Typst starts a thread when it is first used: set nothing before a fork, but where threads are refused.
    """

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[folder for folder in FONT_FOLDERS if folder.is_dir()],
        )
        self._compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True, root=_TEMPLATES)
        self._templates = {file.stem: file.read_bytes() for file in _TEMPLATES.glob("*.typ")}
        regular = (each for each in fonts.fonts() if each.style == "normal" and each.weight == _REGULAR)
        self.letters = Letters({Path(each.path) for each in regular if each.path is not None})

    def set(self, template: str | bytes, data: Json) -> bytes:
        """Return a PDF, from a template of ours by its name, or from any in Typst.

        The data is only ever data: no text in it is taken for markup. Raises typst.TypstError.
        """
        if isinstance(template, str):
            # With other inputs Typst makes all that it knows anew, which takes as long as to set a line. In its source
            # quotes and backslashes mean what they do in JSON, and there is nothing else in it but ASCII.
            written = json.dumps(json.dumps(data))
            source = f"#let sys = (inputs: (data: {written}));".encode() + self._templates[template]
            pdf = self._compiler.compile(source, format="pdf", pdf_tags=False)
        else:
            inputs = {"data": json.dumps(data)}
            pdf = self._compiler.compile(template, format="pdf", sys_inputs=inputs, pdf_tags=False)
        assert isinstance(pdf, bytes)
        return pdf
