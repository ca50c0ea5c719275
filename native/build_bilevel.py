"""Builds `unifax.documents._bilevel`: grey to black and white, in C. Its one Python owner is documents/bilevel.py.

Optimised for every machine, and on x86-64 once more for those with AVX2; the loader chooses.
"""

from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
SOURCES = ("bilevel.c", "flats.c", "tones.c", "tints.c", "photos.c", "windows.c", "shapes.c")


def declarations() -> str:
    """Return what Python sees of the header."""
    header = (HERE / "bilevel.h").read_text()
    return header[header.index("/* From here on") : header.index("/* end of what")]


builder = FFI()
builder.cdef(declarations())
builder.set_source(
    "unifax.documents._bilevel",
    '#include "bilevel.h"',
    sources=[f"native/{name}" for name in SOURCES],
    depends=["native/bilevel.h", "native/tones.h"],
    include_dirs=[str(HERE)],
    libraries=["m"],
    extra_compile_args=["-std=gnu11", "-O3", "-Wall", "-Wextra", "-fno-math-errno"],
)

if __name__ == "__main__":
    builder.compile(tmpdir="src", verbose=False)
