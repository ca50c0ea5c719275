"""The C modules: the media of a call, with libspandsp; libtiff for the paper; black and white (`native/README.md`)."""

from setuptools import setup

setup(
    cffi_modules=["native/build_spandsp.py:builder", "native/build_tiff.py:builder", "native/build_bilevel.py:builder"]
)
