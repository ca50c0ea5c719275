"""The C modules: a call with libspandsp; libtiff; black and white; letters on a page (`native/README.md`)."""

from setuptools import setup

setup(
    cffi_modules=[
        "native/build_spandsp.py:builder",
        "native/build_tiff.py:builder",
        "native/build_tiff_images.py:builder",
        "native/build_bilevel.py:builder",
        "native/build_lettering.py:builder",
    ]
)
