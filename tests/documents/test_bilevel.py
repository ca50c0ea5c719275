"""Grey to black and white: text stays text, paper becomes white, photographs become dots of the right tone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from unifax.documents import bilevel
from unifax.documents.bilevel import Black, Grey
from unifax.model.paper import RASTERS, Resolution

SIZE = (864, 600)


def words(ink: int = 0, paper: int = 255) -> Grey:
    """Small grey letters on paper, not smoothed."""
    page = Image.new("L", SIZE, paper)
    draw = ImageDraw.Draw(page)
    draw.fontmode = "1"
    font = ImageFont.load_default(24)
    for row in range(40, 560, 40):
        draw.text((40, row), "The quick brown fox jumps over the lazy dog 0123456789", ink, font)
    return np.asarray(page)


def black_and_white(grey: Grey) -> Black:
    return bilevel.black_and_white(grey, RASTERS[Resolution.FINE]).black


WORDS: Black = words() == 0


@given(st.integers(0, 2**32 - 1))
def test_black_and_white_comes_back_as_it_is(seed: int) -> None:
    black = np.random.default_rng(seed).integers(0, 2, (50, 60)).astype(np.bool_)
    assert np.array_equal(black_and_white(np.where(black, 0, 255).astype(np.uint8)), black)


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_any_grey_of_any_size_becomes_black_and_white(rows: int, columns: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (rows, columns), np.uint8)
    assert black_and_white(grey).shape == (rows, columns)


@pytest.mark.parametrize("ink", [0, 80, 150, 190])
def test_letters_keep_their_shape_whatever_their_grey(ink: int) -> None:
    assert np.array_equal(black_and_white(words(ink)), WORDS)


@pytest.mark.parametrize("paper", [230, 190, 160])
def test_letters_on_grey_paper_are_black_on_white(paper: int) -> None:
    assert np.array_equal(black_and_white(words(20, paper)), WORDS)


def test_shaded_and_noisy_paper_becomes_white() -> None:
    shade = np.linspace(150, 245, SIZE[0])[None, :] + np.random.default_rng(1).normal(0, 4, SIZE[::-1])
    page = np.where(WORDS, 30, np.clip(shade, 0, 255)).astype(np.uint8)
    assert np.mean(black_and_white(page) != WORDS) < 0.002


def test_white_letters_on_a_dark_box_stay_white() -> None:
    page = np.where(words() == 0, 255, 60).astype(np.uint8)
    assert np.array_equal(black_and_white(page), ~WORDS)


def test_a_photograph_becomes_dots_that_show_its_tones() -> None:
    noise = Image.effect_noise(SIZE, 90).filter(ImageFilter.GaussianBlur(12))
    smooth = np.asarray(noise).astype(np.float32)
    smooth = np.clip((smooth - smooth.mean()) * 12 + 128 + np.linspace(-60, 60, SIZE[0])[None, :], 30, 230)
    black = black_and_white(smooth.astype(np.uint8))
    middle = black[100:-100, 100:-100]
    coarse = middle[:400, :640].reshape(10, 40, 16, 40).mean(axis=(1, 3))
    tones = smooth[100:500, 100:740].reshape(10, 40, 16, 40).mean(axis=(1, 3))
    assert 0.2 < middle.mean() < 0.8
    assert np.corrcoef(coarse.ravel(), tones.ravel())[0, 1] < -0.95
    changes = (middle[:, 1:] != middle[:, :-1]).mean()
    assert 0.05 < changes < 0.3  # single scattered dots would change at every second pixel, and code badly


def test_the_clear_sky_of_a_photograph_is_screened_as_its_landscape_is() -> None:
    page = np.full(SIZE[::-1], 255, np.float32)
    page[100:300, 100:700] = np.linspace(190, 130, 200)[:, None]  # hardly changes within a block
    land = np.asarray(Image.effect_noise((600, 200), 90).filter(ImageFilter.GaussianBlur(8))).astype(np.float32)
    page[300:500, 100:700] = np.clip((land - land.mean()) * 10 + 90, 30, 200)
    black = black_and_white(page.astype(np.uint8))
    sky = black[100:300, 100:700].reshape(5, 40, 600).mean(axis=(1, 2))
    assert np.all(np.diff(sky) > 0)
    assert 0.02 < sky[0] < sky[-1] < 0.7
    assert not black[:84].any()


def test_a_flat_tint_is_not_screened() -> None:
    page = np.full(SIZE[::-1], 255, np.uint8)
    page[200:400, 200:600] = 128
    black = black_and_white(page)
    assert not 0.01 < black[200:400, 200:600].mean() < 0.99
    assert not black[:190].any()
