"""The types of what native/build_lettering.py builds."""

from collections.abc import Mapping
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

class Pointer:
    """void *"""

class Pdfium:
    """lt_pdfium *"""

class Place:
    """lt_place *"""

class Boxes:
    """lt_box[]"""

class Bytes:
    """uint8_t[]"""

class _Ffi:
    def cast(self, kind: Literal["void *"], value: int) -> Pointer: ...
    @overload
    def new(self, kind: Literal["lt_pdfium *"], values: Mapping[str, Pointer]) -> Pdfium: ...
    @overload
    def new(self, kind: Literal["lt_place *"], values: tuple[int, int, int, int, int]) -> Place: ...
    @overload
    def new(self, kind: Literal["lt_box[]"], values: int) -> Boxes: ...
    def from_buffer(self, kind: Literal["uint8_t[]"], data: NDArray[np.uint8]) -> Bytes: ...

class _Lib:
    def lt_look(self, pdfium: Pdfium, page: Pointer, place: Place, least: float, boxes: Boxes, room: int) -> int: ...
    def lt_pack(self, grey: Bytes, width: int, rows: int, cut: int, packed: Bytes) -> int: ...
    def lt_cut(self, grey: Bytes, width: int, rows: int, cut: int, boxes: Boxes, count: int) -> None: ...

ffi: _Ffi
lib: _Lib
