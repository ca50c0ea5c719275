"""The types of what native/build_tiff.py builds."""

from typing import Literal, overload

class File:
    """TIFF *"""

class Text:
    """const char *"""

class Bytes:
    """unsigned char[]"""

class FaxPage:
    """fax_page *"""

    width: int
    rows: int
    x_dpi: float
    y_dpi: float
    bilevel: int

class _Ffi:
    NULL: File
    @overload
    def new(self, kind: Literal["fax_page *"]) -> FaxPage: ...
    @overload
    def new(self, kind: Literal["unsigned char[]"], size: int) -> Bytes: ...
    def from_buffer(self, data: bytes) -> Bytes: ...
    def buffer(self, data: Bytes) -> bytes: ...
    def string(self, text: Text) -> bytes: ...

class _Lib:
    def fax_open(self, fd: int, mode: bytes) -> File: ...
    def fax_close(self, file: File) -> None: ...
    def fax_write(
        self, file: File, bits: Bytes, width: int, rows: int, x_dpi: float, y_dpi: float, number: int, total: int
    ) -> int: ...
    def fax_size(self, bits: Bytes, width: int, rows: int, y_dpi: float, coding: int) -> int: ...
    def fax_shrink(self, bits: Bytes, width: int, rows: int, grey: Bytes, columns: int, lines: int) -> None: ...
    def fax_describe(self, file: File, page: FaxPage) -> int: ...
    def fax_read(self, file: File, bits: Bytes, size: int) -> int: ...
    def fax_next(self, file: File) -> int: ...
    def fax_error(self) -> Text: ...

ffi: _Ffi
lib: _Lib
