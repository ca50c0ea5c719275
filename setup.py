"""The two C modules: libspandsp for the line, libtiff for the paper. Each has one Python owner."""

from setuptools import setup

setup(cffi_modules=["native/build_spandsp.py:builder", "native/build_tiff.py:builder"])
