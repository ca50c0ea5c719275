"""A scan on a page of a PDF, taken as it is: drawn by pdfium, its black and white would become grey.

For converter processes only.
"""

import ctypes
from dataclasses import dataclass
from typing import Self

import numpy as np
import pypdfium2_raw as pdfium  # type: ignore[import-untyped]  # ctypes bindings, made by a program

from unifax.documents.bilevel import Grey
from unifax.documents.look import Look

_OBJECTS_AT_MOST = 20_000
"What recognised text a page of a scan may have beneath it."
_ORIENTATION = (1, 6, 3, 8)
"By quarters of a turn clockwise; as in TIFF."
_NEAR = 0.005
"A scan covers its page but for so much of its width and height."
_OCTETS = {pdfium.FPDFBitmap_Gray: 1, pdfium.FPDFBitmap_BGR: 3, pdfium.FPDFBitmap_BGRx: 4}
"Of a pixel, by its format: of grey in colours, one is as good as another."
_PIXELS_AT_MOST = 36_000_000
"Letter and A4 paper at 600 dpi. Pdfium gives each pixel up to four octets; larger scans it draws in less."


@dataclass(frozen=True, slots=True)
class Scan:
    """One black-and-white image that covers a page which has nothing else to see on it."""

    look: Look
    _image: object
    _is_stencil: bool
    "Its ones are painted in black."

    @classmethod
    def on(cls, page: object) -> Self | None:
        """Return the scan that a page of pdfium's is; None for any other page. Good as long as the page is open."""
        image = _only_image(page)
        if image is None:
            return None
        about = pdfium.FPDF_IMAGEOBJ_METADATA()
        pdfium.FPDFImageObj_GetImageMetadata(image, page, ctypes.byref(about))
        if about.bits_per_pixel != 1 or not 0 < about.width * about.height <= _PIXELS_AT_MOST:
            return None
        size = _size_if_it_covers(page, image)
        if size is None:
            return None
        is_stencil = about.colorspace == pdfium.FPDF_COLORSPACE_UNKNOWN
        if not (_is_black(image) if is_stencil else about.colorspace == pdfium.FPDF_COLORSPACE_DEVICEGRAY):
            return None
        dpi = (about.width / size[0] * 72, about.height / size[1] * 72)
        look = Look(about.width, about.height, dpi, _ORIENTATION[pdfium.FPDFPage_GetRotation(page) % 4], True)
        return cls(look, image, is_stencil) if look.dpi else None

    def grey(self) -> Grey | None:
        """Decode the image, as it is stored; None when it cannot be decoded, or to other greys."""
        bitmap = pdfium.FPDFImageObj_GetBitmap(self._image)
        try:
            octets_each = _OCTETS.get(pdfium.FPDFBitmap_GetFormat(bitmap)) if bitmap else None
            if octets_each is None:
                return None
            width, rows = pdfium.FPDFBitmap_GetWidth(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            octets = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * rows)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        values = np.frombuffer(octets, np.uint8).reshape(rows, stride)[:, : width * octets_each : octets_each]
        if values.shape != (self.look.rows, self.look.width) or {int(values.min()), int(values.max())} - {0, 255}:
            return None
        return ~values if self._is_stencil else values


def _only_image(page: object) -> object | None:
    """Return the image of a page on which there is nothing else to see."""
    count = pdfium.FPDFPage_CountObjects(page)
    if count > _OBJECTS_AT_MOST or pdfium.FPDFPage_GetAnnotCount(page) > 0:
        return None
    found = None
    for number in range(count):
        thing = pdfium.FPDFPage_GetObject(page, number)
        match pdfium.FPDFPageObj_GetType(thing):
            case pdfium.FPDF_PAGEOBJ_IMAGE if found is None:
                found = thing
            case pdfium.FPDF_PAGEOBJ_TEXT if (
                pdfium.FPDFTextObj_GetTextRenderMode(thing) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            ):
                continue
            case _:
                return None
    return found


def _size_if_it_covers(page: object, image: object) -> tuple[float, float] | None:
    """Return width and height in points of an image that lies upright on all of its page, all of it to be seen."""
    if pdfium.FPDFPageObj_HasTransparency(image) or pdfium.FPDFPageObj_CountMarks(image) > 0:  # layers are marks
        return None
    if pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(image)) > 0:
        return None
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    pdfium.FPDFPageObj_GetMatrix(image, ctypes.byref(matrix))
    width, height = box.right - box.left, box.top - box.bottom
    near = (
        abs(matrix.e - box.left) <= _NEAR * width
        and abs(matrix.f - box.bottom) <= _NEAR * height
        and abs(matrix.a - width) <= _NEAR * width
        and abs(matrix.d - height) <= _NEAR * height
        and matrix.b == matrix.c == 0
    )
    return (matrix.a, matrix.d) if near else None


def _is_black(stencil: object) -> bool:
    red, green, blue, opacity = (ctypes.c_uint(255) for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(stencil, *map(ctypes.byref, (red, green, blue, opacity)))
    return red.value == green.value == blue.value == 0
