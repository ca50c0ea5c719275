"""Builds `unifax.documents._lettering`: what is on a page of a PDF. Its one Python owner is documents/lettering.py.

It is not linked with pdfium: that gives it its functions.
"""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent


def declarations() -> str:
    """Return what Python sees of the header."""
    header = (HERE / "lettering.h").read_text()
    return header[header.index("/* From here on") : header.index("/* end of what")]


builder = FFI()
builder.cdef(declarations())
builder.set_source(
    "unifax.documents._lettering",
    '#include "lettering.h"',
    sources=["native/lettering.c"],
    depends=["native/lettering.h", "native/bilevel.h"],
    include_dirs=[str(HERE)],
    libraries=["m"],
    extra_compile_args=["-std=gnu11", "-O3", "-Wall", "-Wextra"],
)

if __name__ == "__main__":
    builder.compile(tmpdir="src", verbose=False)
