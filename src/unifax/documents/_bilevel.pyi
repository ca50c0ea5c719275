"""The types of what native/build_bilevel.py builds."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

class Bytes:
    """uint8_t[]"""

class Grain:
    """bw_grain *"""

class _Ffi:
    def new(self, kind: Literal["bw_grain *"], values: tuple[int, int, int, int, int, int]) -> Grain: ...
    def from_buffer(self, kind: Literal["uint8_t[]"], data: NDArray[np.uint8]) -> Bytes: ...

class _Lib:
    BW_AUTO: int
    BW_TEXT: int
    BW_PHOTO: int
    def bw_page(
        self, grey: Bytes, width: int, rows: int, grain: Grain, treatment: int, packed: Bytes, dotted: Bytes
    ) -> int: ...

ffi: _Ffi
lib: _Lib
