"""The C modules: a call with libspandsp; libtiff for paper and for pictures; black and white (`native/README.md`)."""

from setuptools import setup

setup(
    cffi_modules=[
        "native/build_spandsp.py:builder",
        "native/build_tiff.py:builder",
        "native/build_tiff_images.py:builder",
        "native/build_bilevel.py:builder",
    ]
)
