"""The types of what native/build_tiff_images.py builds."""

from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

class File:
    """TIFF *"""

class Bytes:
    """unsigned char[]"""

class Picture:
    """picture *"""

    width: int
    rows: int
    x_dpi: float
    y_dpi: float
    orientation: int
    bilevel: int

class Source:
    """source *"""

    data: Bytes
    size: int
    at: int

class _Ffi:
    NULL: File
    @overload
    def new(self, kind: Literal["picture *"]) -> Picture: ...
    @overload
    def new(self, kind: Literal["source *"]) -> Source: ...
    def from_buffer(self, kind: str, data: bytes | NDArray[np.uint8]) -> Bytes: ...

class _Lib:
    DAMAGED: int
    GOOD: int
    NO_SUCH_COLOURS: int
    NO_MEMORY: int
    def picture_open(self, source: Source) -> File: ...
    def picture_close(self, file: File) -> None: ...
    def picture_look(self, file: File, directory: int, found: Picture) -> int: ...
    def picture_bits(self, file: File, bits: Bytes, size: int) -> int: ...
    def picture_grey(self, file: File, grey: Bytes, size: int) -> int: ...

ffi: _Ffi
lib: _Lib
