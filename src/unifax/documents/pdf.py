"""A PDF as grey pages, through pdfium. With `scan.py`, the only user of pypdfium2; for converter processes only."""

import ctypes
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # ctypes bindings, made by a program

from unifax.documents.bilevel import Grey, Packed
from unifax.documents.intake import Unfit
from unifax.documents.laying import faxed_at, laid
from unifax.documents.lettering import Lettering
from unifax.documents.scan import Scan
from unifax.documents.sheet import Place, place
from unifax.model.paper import RASTERS, Raster, Resolution

_POINTS_AT_MOST = 14_400
"User space units along a side (PDF 1.7, annex C)."

_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_PRINTING | pdfium.FPDF_RENDER_NO_SMOOTHPATH
"""Notes and layers as a printer would have them, not as a screen (PDF 1.7, 8.11.4.4 and 12.5.3). Without smoothing,
strokes stay whole, and of one grey; for letters see `lettering.py`. FPDF_GRAYSCALE is not wanted: a grey bitmap comes
out the same without, and a photograph on it four times as fast."""
_UNSMOOTHED = pdfium.FPDF_RENDER_NO_SMOOTHTEXT
_SMOOTHED_AT = RASTERS[Resolution.FINE]
"At standard more smooth letters come apart than others do; at finer resolutions as many close as would have opened."

_XFA_PAGES = 10
"Pages on which fields are looked for in a form that wants to draw itself."
_OBJECTS_AT_MOST, _DEPTH, _PIXELS_AT_MOST = 1000, 4, 30_000_000
"How far a page that came out white is searched for what should be on it."
_NO_LETTERS = set(map(ord, "\0 \t\r\n\xa0"))
_VISIBLE = (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE)
"Text of scanned pages is there too, for searching, and invisible."
_PAPER = 240

_REASONS = {
    pdfium.FPDF_ERR_FORMAT: "is damaged and cannot be read as a PDF",
    pdfium.FPDF_ERR_PASSWORD: "is password-protected",
    pdfium.FPDF_ERR_SECURITY: "is encrypted in a way that cannot be opened",
}


PRACTICE = b"""%PDF-1.7
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R
 /Resources << /Font << /F 4 0 R >> >> >> endobj
4 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
5 0 obj << /Length 29 >> stream
BT /F 9 Tf 9 9 Td (fax) Tj ET
endstream endobj
trailer << /Root 1 0 R >>
"""
"A page of A4 with a word on it."


def start(font_folders: Sequence[Path]) -> None:
    """Make pdfium ready, once in a process and before any Pdf. Children of a fork inherit it.

    Fonts that a document names and does not bring are looked for in these folders. That is done here, by drawing a
    little: it takes longer than most pages, and a child could not list them.
    """
    named = [str(folder).encode() for folder in font_folders]
    paths = (ctypes.c_char_p * (len(named) + 1))(*named, None)
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(paths, type(config.m_pUserFontPaths))
    pdfium.FPDF_InitLibraryWithConfig(ctypes.byref(config))
    Pdf(PRACTICE).grey(0, RASTERS[Resolution.STANDARD])


class Pdf:
    """One open document, until it is closed or the process ends. Not for threads: pdfium has none."""

    def __init__(self, data: bytes) -> None:
        """Raises Unfit when it cannot be opened, or opens to something that is not there to be drawn."""
        self._data = data  # pdfium reads from it as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            raise Unfit(_REASONS.get(pdfium.FPDF_GetLastError(), _REASONS[pdfium.FPDF_ERR_FORMAT]))
        self.pages: int = pdfium.FPDF_GetPageCount(self._document)
        if self.pages < 1:
            raise Unfit("has no pages")
        self._open: tuple[int, object] | None = None
        self._paper = np.empty((0, 0), np.uint8)
        self._form = None
        kind = pdfium.FPDF_GetFormType(self._document)
        if kind != pdfium.FORMTYPE_NONE:
            self._info = pdfium.FPDF_FORMFILLINFO(version=2)
            self._form = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, ctypes.byref(self._info))
            pdfium.FPDF_SetFormFieldHighlightAlpha(self._form, 0)
        if kind == pdfium.FORMTYPE_XFA_FULL and not any(map(self._has_fields, range(min(self.pages, _XFA_PAGES)))):
            raise Unfit("is an interactive (XFA) form; print it to a plain PDF first")

    def close(self) -> None:
        """Give back its memory; nothing may be asked of it any more. A stranger's document is open to the end."""
        self._close_page()
        if self._form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._form)
        pdfium.FPDF_CloseDocument(self._document)

    def check(self) -> None:
        """Look at the size of every page, without drawing. Raises Unfit."""
        for index in range(self.pages):
            self._size(index)

    def resolution(self, index: int) -> Resolution | None:
        """Return the resolution at which a page, 0 is the first, is a scan that is a fax page already; else None.

        At that resolution `grey` changes no pixel of it. Raises Unfit.
        """
        scan = Scan.on(self._page(index))
        return None if scan is None else faxed_at(scan.look)

    def grey(self, index: int, raster: Raster) -> Grey:
        """Draw a page, 0 is the first, as wide as a fax page and as long as it needs. Raises Unfit."""
        width, height = self._size(index)
        scan = Scan.on(self._page(index))
        scanned = None if scan is None else scan.grey()
        if scan is not None and scanned is not None:
            return laid(scan.look, scanned, raster)
        return self.draw(index, place(width / 72, height / 72, raster), raster)

    def letters(self, index: int, raster: Raster) -> Packed | None:
        """Draw a page, 0 is the first, of nothing but letters, in black and white; None for any other. Raises Unfit."""
        width, height = self._size(index)
        if Scan.on(self._page(index)) is not None:
            return None
        return self.draw_letters(index, place(width / 72, height / 72, raster), raster)

    def draw(self, index: int, at: Place, raster: Raster) -> Grey:
        """Draw a page in its place on a white page of the raster's width. Raises Unfit."""
        page = self._page(index)
        lettering = Lettering.on(page, at) if raster == _SMOOTHED_AT else None
        paper = np.full((at.rows, raster.width), 255, np.uint8)
        self._draw_on(paper, page, at, _FLAGS | (_UNSMOOTHED if lettering is None else 0))
        if lettering is not None:
            lettering.cut(paper)
        return paper

    def draw_letters(self, index: int, at: Place, raster: Raster) -> Packed | None:
        """Draw a page of nothing but letters as `draw` would, in black and white; None for any other. Raises Unfit.

        Most pages are, and are spared a look at their greys, and new white paper for each.
        """
        page = self._page(index)
        lettering = Lettering.on(page, at) if raster == _SMOOTHED_AT else None
        if lettering is None or not lettering.is_all:
            return None
        if self._paper.shape[0] < at.rows or self._paper.shape[1] != raster.width:
            self._paper = np.full((at.rows, raster.width), 255, np.uint8)
        paper = self._paper[: at.rows]
        self._draw_on(paper, page, at, _FLAGS)
        return lettering.packed(paper)

    def _draw_on(self, paper: Grey, page: object, at: Place, flags: int) -> None:
        rows, width = paper.shape
        bitmap = pdfium.FPDFBitmap_CreateEx(width, rows, pdfium.FPDFBitmap_Gray, paper.ctypes.data, width)
        where = (at.left, 0, at.width, at.rows, int(at.turned), flags)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, *where)
        if self._form:
            pdfium.FPDF_FFLDraw(self._form, bitmap, page, *where)  # filled-in fields; FPDF_ANNOT leaves them out
        pdfium.FPDFBitmap_Destroy(bitmap)

    def promises_ink(self, index: int) -> bool:
        """Tell whether something should be seen on a page, for one that came out white: pdfium leaves out in silence
        what it cannot draw. Raises Unfit."""
        page = self._page(index)
        text = pdfium.FPDFText_LoadPage(page)
        count = min(pdfium.FPDFPage_CountObjects(page), _OBJECTS_AT_MOST)
        promised = any(_inks(pdfium.FPDFPage_GetObject(page, number), text, 0) for number in range(count))
        pdfium.FPDFText_ClosePage(text)
        return promised

    def _page(self, index: int) -> object:
        """Return a page of pdfium's, open until another is asked for: it is looked at and drawn more than once.

        Raises Unfit.
        """
        if self._open is not None and self._open[0] == index:
            return self._open[1]
        page = pdfium.FPDF_LoadPage(self._document, index)
        if not page:
            raise Unfit(f"is damaged: its page {index + 1} cannot be read")
        self._close_page()  # after the next is open: fonts that both have stay, and so do the letters drawn with them
        if self._form:
            pdfium.FORM_OnAfterLoadPage(page, self._form)
        self._open = (index, page)
        return page

    def _close_page(self) -> None:
        if self._open is not None:
            if self._form:
                pdfium.FORM_OnBeforeClosePage(self._open[1], self._form)
            pdfium.FPDF_ClosePage(self._open[1])
            self._open = None

    def _has_fields(self, index: int) -> bool:
        """Tell whether a page has fields to fill in, other than for signatures. Raises Unfit."""
        page = self._page(index)
        for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _OBJECTS_AT_MOST)):
            note = pdfium.FPDFPage_GetAnnot(page, number)
            kind = pdfium.FPDFAnnot_GetFormFieldType(self._form, note)  # below 1: unknown, or no field at all
            pdfium.FPDFPage_CloseAnnot(note)
            if kind > 0 and kind != pdfium.FPDF_FORMFIELD_SIGNATURE:
                return True
        return False

    def _size(self, index: int) -> Sequence[float]:
        """Return width and height in points, as they look: the page's own rotation is in it."""
        size = pdfium.FS_SIZEF()
        if not pdfium.FPDF_GetPageSizeByIndexF(self._document, index, ctypes.byref(size)):
            raise Unfit(f"is damaged: its page {index + 1} cannot be read")
        if not (1 <= size.width <= _POINTS_AT_MOST and 1 <= size.height <= _POINTS_AT_MOST):
            raise Unfit(f"has a page of impossible size: page {index + 1}")
        return size.width, size.height


def _inks(thing: object, text: object, depth: int) -> bool:
    """Tell whether an object of a page should leave ink on white paper."""
    match pdfium.FPDFPageObj_GetType(thing):
        case pdfium.FPDF_PAGEOBJ_TEXT:
            letters = (ctypes.c_ushort * 64)()
            count = pdfium.FPDFTextObj_GetText(thing, text, letters, 2 * len(letters)) // 2
            return (
                not set(letters[:count]) <= _NO_LETTERS
                and pdfium.FPDFTextObj_GetTextRenderMode(thing) in _VISIBLE
                and _is_coloured(pdfium.FPDFPageObj_GetFillColor, thing)
            )
        case pdfium.FPDF_PAGEOBJ_PATH:
            filled, stroked = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDFPath_GetDrawMode(thing, ctypes.byref(filled), ctypes.byref(stroked))
            return bool(
                (filled.value and _is_coloured(pdfium.FPDFPageObj_GetFillColor, thing))
                or (stroked.value and _is_coloured(pdfium.FPDFPageObj_GetStrokeColor, thing))
            )
        case pdfium.FPDF_PAGEOBJ_IMAGE:
            return not _is_readable(thing)
        case pdfium.FPDF_PAGEOBJ_FORM if depth < _DEPTH:
            count = min(pdfium.FPDFFormObj_CountObjects(thing), _OBJECTS_AT_MOST)
            return any(_inks(pdfium.FPDFFormObj_GetObject(thing, number), text, depth + 1) for number in range(count))
        case _:
            return True


def _is_coloured(asked: Callable[..., int], thing: object) -> bool:
    """Tell whether a fill or a stroke is darker than paper."""
    red, green, blue, opacity = (ctypes.c_uint(0) for _ in range(4))
    asked(thing, *map(ctypes.byref, (red, green, blue, opacity)))
    return opacity.value > 0 and min(red.value, green.value, blue.value) < _PAPER


def _is_readable(image: object) -> bool:
    """Tell whether pdfium can decode an image. Larger ones than we would, we do not try."""
    width, rows = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(image, ctypes.byref(width), ctypes.byref(rows))
    if width.value * rows.value > _PIXELS_AT_MOST:
        return False
    bitmap = pdfium.FPDFImageObj_GetBitmap(image)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return bool(bitmap)
