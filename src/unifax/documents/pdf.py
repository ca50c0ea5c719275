"""A PDF as grey pages, through pdfium. The only user of pypdfium2; for converter processes only."""

import ctypes
from collections.abc import Sequence

import numpy as np
import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # ctypes bindings, made by a program

from unifax.documents.bilevel import Grey
from unifax.documents.intake import Unfit
from unifax.documents.sheet import Place, place
from unifax.model.paper import Raster

_POINTS_AT_MOST = 14_400
"User space units along a side (PDF 1.7, annex C)."

_FLAGS = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE | pdfium.FPDF_RENDER_NO_SMOOTHTEXT | pdfium.FPDF_RENDER_NO_SMOOTHPATH
"Without smoothing, strokes stay whole: grey edges cut at any threshold lose the eye of an 'e'."

_REASONS = {
    pdfium.FPDF_ERR_FORMAT: "is damaged and cannot be read as a PDF",
    pdfium.FPDF_ERR_PASSWORD: "is password-protected",
    pdfium.FPDF_ERR_SECURITY: "is encrypted in a way that cannot be opened",
}


def start() -> None:
    """Make pdfium ready, once in a process and before any Pdf. Children of a fork inherit it."""
    pdfium.FPDF_InitLibrary()


class Pdf:
    """One open document, until the process ends. Not for threads: pdfium has none."""

    def __init__(self, data: bytes) -> None:
        """Raises Unfit when it cannot be opened, or opens to something that is not there to be drawn."""
        self._data = data  # pdfium reads from it as long as the document is open
        self._document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        if not self._document:
            raise Unfit(_REASONS.get(pdfium.FPDF_GetLastError(), _REASONS[pdfium.FPDF_ERR_FORMAT]))
        self.pages: int = pdfium.FPDF_GetPageCount(self._document)
        if self.pages < 1:
            raise Unfit("has no pages")
        form = pdfium.FPDF_GetFormType(self._document)
        if form == pdfium.FORMTYPE_XFA_FULL:
            raise Unfit("is an interactive (XFA) form; print it to a plain PDF first")
        self._info = pdfium.FPDF_FORMFILLINFO(version=2)
        self._form = None
        if form != pdfium.FORMTYPE_NONE:
            self._form = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, ctypes.byref(self._info))
            pdfium.FPDF_SetFormFieldHighlightAlpha(self._form, 0)

    def check(self) -> None:
        """Look at the size of every page, without drawing. Raises Unfit."""
        for index in range(self.pages):
            self._size(index)

    def grey(self, index: int, raster: Raster) -> Grey:
        """Draw a page, 0 is the first, as wide as a fax page and as long as it needs. Raises Unfit."""
        width, height = self._size(index)
        return self.draw(index, place(width / 72, height / 72, raster), raster.width)

    def draw(self, index: int, at: Place, width: int) -> Grey:
        """Draw a page in its place on a white page of `width` pixels. Raises Unfit."""
        paper = np.full((at.rows, width), 255, np.uint8)
        bitmap = pdfium.FPDFBitmap_CreateEx(width, at.rows, pdfium.FPDFBitmap_Gray, paper.ctypes.data, width)
        page = pdfium.FPDF_LoadPage(self._document, index)
        if not bitmap or not page:
            raise Unfit(f"is damaged: its page {index + 1} cannot be read")
        if self._form:
            pdfium.FORM_OnAfterLoadPage(page, self._form)
        where = (at.left, 0, at.width, at.rows, int(at.turned), _FLAGS)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, *where)
        if self._form:
            pdfium.FPDF_FFLDraw(self._form, bitmap, page, *where)  # filled-in fields; FPDF_ANNOT leaves them out
            pdfium.FORM_OnBeforeClosePage(page, self._form)
        pdfium.FPDF_ClosePage(page)
        pdfium.FPDFBitmap_Destroy(bitmap)
        return paper

    def _size(self, index: int) -> Sequence[float]:
        """Return width and height in points, as they look: the page's own rotation is in it."""
        size = pdfium.FS_SIZEF()
        if not pdfium.FPDF_GetPageSizeByIndexF(self._document, index, ctypes.byref(size)):
            raise Unfit(f"is damaged: its page {index + 1} cannot be read")
        if not (1 <= size.width <= _POINTS_AT_MOST and 1 <= size.height <= _POINTS_AT_MOST):
            raise Unfit(f"has a page of impossible size: page {index + 1}")
        return size.width, size.height
