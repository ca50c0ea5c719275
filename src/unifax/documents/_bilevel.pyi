"""The types of what native/build_bilevel.py builds."""

from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

class Bytes:
    """uint8_t[]"""

class Shapes:
    """bw_shape[]"""

class Grain:
    """bw_grain *"""

class _Ffi:
    def new(self, kind: Literal["bw_grain *"], values: tuple[int, int, int, int, int, int]) -> Grain: ...
    @overload
    def from_buffer(self, kind: Literal["uint8_t[]"], data: NDArray[np.uint8]) -> Bytes: ...
    @overload
    def from_buffer(self, kind: Literal["bw_shape[]"], data: NDArray[np.int32]) -> Shapes: ...

class _Lib:
    BW_AUTO: int
    BW_TEXT: int
    BW_PHOTO: int
    def bw_page(
        self, grey: Bytes, width: int, rows: int, grain: Grain, treatment: int, packed: Bytes, dotted: Bytes
    ) -> int: ...
    def bw_shapes(self, packed: Bytes, width: int, rows: int, shapes: Shapes, room: int) -> int: ...
    def bw_lines(self, packed: Bytes, width: int, rows: int, least: int, most: int, tall: int) -> int: ...
    def bw_shrink(self, packed: Bytes, width: int, rows: int, to: Bytes, to_width: int, to_rows: int) -> int: ...

ffi: _Ffi
lib: _Lib
