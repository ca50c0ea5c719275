"""Pages of a PDF that are dark letters on bare paper, but for some boxes: drawn smooth, and cut. For converters only.

A letter drawn without smoothing has pixels that are wholly in it, and where a stroke is as thin as a pixel a bowl may
open: of 11 point Liberation Serif every "d" does. Smooth letters that are cut keep theirs. But the greys of their edges
must not be taken for greys of the page, so letters of other colours become black first, and nothing may be under them.
"""

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # ctypes bindings, made by a program

from unifax.documents._lettering import ffi, lib
from unifax.documents.bilevel import Grey, Packed
from unifax.documents.sheet import Place

if TYPE_CHECKING:
    from unifax.documents._lettering import Boxes

_CUT = 138
"""Of texts in five fonts of 9.5 to 14 point, regular and bold, so cut none loses or closes more than 2 per cent of its
shapes; unsmoothed, one in eight loses 4 and more. Smaller ones close at any cut."""
_ROWS = 25.5
"Of an em, 9.4 point at fine. Of smaller letters those that are not smoothed are better."
_BOXES = 64

_FUNCTIONS = {
    "page_count_objects": pdfium.FPDFPage_CountObjects,
    "page_get_object": pdfium.FPDFPage_GetObject,
    "page_get_annotation_count": pdfium.FPDFPage_GetAnnotCount,
    "page_get_annotation": pdfium.FPDFPage_GetAnnot,
    "page_close_annotation": pdfium.FPDFPage_CloseAnnot,
    "annotation_get_subtype": pdfium.FPDFAnnot_GetSubtype,
    "page_to_device": pdfium.FPDF_PageToDevice,
    "object_get_type": pdfium.FPDFPageObj_GetType,
    "object_get_bounds": pdfium.FPDFPageObj_GetBounds,
    "object_get_matrix": pdfium.FPDFPageObj_GetMatrix,
    "object_has_transparency": pdfium.FPDFPageObj_HasTransparency,
    "object_get_fill_colour": pdfium.FPDFPageObj_GetFillColor,
    "object_set_fill_colour": pdfium.FPDFPageObj_SetFillColor,
    "object_get_stroke_colour": pdfium.FPDFPageObj_GetStrokeColor,
    "path_get_draw_mode": pdfium.FPDFPath_GetDrawMode,
    "text_get_render_mode": pdfium.FPDFTextObj_GetTextRenderMode,
    "text_get_font": pdfium.FPDFTextObj_GetFont,
    "text_get_font_size": pdfium.FPDFTextObj_GetFontSize,
    "font_get_data": pdfium.FPDFFont_GetFontData,
}


def _address(of: object) -> int:
    found = ctypes.cast(of, ctypes.c_void_p).value  # type: ignore[arg-type]  # any pointer of ctypes
    assert found is not None
    return found


_PDFIUM = ffi.new("lt_pdfium *", {name: ffi.cast("void *", _address(each)) for name, each in _FUNCTIONS.items()})


@dataclass(frozen=True, slots=True)
class Lettering:
    """What a page of such letters has beside them."""

    _boxes: "Boxes"
    _count: int

    @classmethod
    def on(cls, page: object, at: Place) -> Self | None:
        """Make all letters of a page of pdfium's black if they can be drawn smooth; None where they cannot."""
        boxes = ffi.new("lt_box[]", _BOXES)
        where = ffi.new("lt_place *", (at.left, 0, at.width, at.rows, int(at.turned)))
        count = lib.lt_look(_PDFIUM, ffi.cast("void *", _address(page)), where, _ROWS, boxes, _BOXES)
        return None if count < 0 else cls(boxes, count)

    @property
    def is_all(self) -> bool:
        """There is nothing beside them but dark lines."""
        return not self._count

    @staticmethod
    def packed(drawn: Grey) -> Packed:
        """Return in black and white what was drawn smooth, where that is all, and leave white paper.

        Raises MemoryError.
        """
        rows, width = drawn.shape
        found = np.empty((rows, (width + 7) // 8), np.uint8)
        grey, to = ffi.from_buffer("uint8_t[]", drawn), ffi.from_buffer("uint8_t[]", found)
        if lib.lt_pack(grey, width, rows, _CUT, to) < 0:
            raise MemoryError
        return found

    def cut(self, drawn: Grey) -> None:
        """Make letters that were drawn smooth black and white, and leave what is in boxes as it is."""
        rows, width = drawn.shape
        lib.lt_cut(ffi.from_buffer("uint8_t[]", drawn), width, rows, _CUT, self._boxes, self._count)
