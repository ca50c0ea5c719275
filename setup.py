"""The C modules: libspandsp for the line, libtiff for the paper, black and white. Each has one Python owner."""

from setuptools import setup

setup(
    cffi_modules=["native/build_spandsp.py:builder", "native/build_tiff.py:builder", "native/build_bilevel.py:builder"]
)
