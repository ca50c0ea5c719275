"""Grey to black and white: text stays text, paper becomes white, photographs become dots of the right tone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from unifax.documents import bilevel
from unifax.documents.bilevel import GRAINS, Black, Grey
from unifax.model.paper import RASTERS, Resolution, Treatment

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


def black_and_white(
    grey: Grey, treatment: Treatment = Treatment.AUTO, resolution: Resolution = Resolution.FINE
) -> Black:
    return bilevel.black_and_white(grey, RASTERS[resolution], treatment).black


WORDS: Black = words() == 0


@given(
    st.integers(1, 50), st.integers(1, 90), st.integers(0, 999), st.sampled_from(Resolution), st.sampled_from(Treatment)
)
def test_black_and_white_comes_back_as_it_is(
    rows: int, columns: int, seed: int, resolution: Resolution, treatment: Treatment
) -> None:
    black = np.random.default_rng(seed).random((rows, columns)) < 0.5
    assert np.array_equal(black_and_white(np.where(black, 0, 255).astype(np.uint8), treatment, resolution), black)


@given(
    st.integers(1, 150),
    st.integers(1, 150),
    st.integers(0, 9999),
    st.sampled_from(Resolution),
    st.sampled_from(Treatment),
)
def test_any_grey_of_any_size_becomes_packed_rows_with_spare_bits_clear(
    rows: int, columns: int, seed: int, resolution: Resolution, treatment: Treatment
) -> None:
    chance = np.random.default_rng(seed)
    greys = chance.integers(0, 256, chance.integers(1, 256), np.uint8)
    grey = greys[chance.integers(0, len(greys), (rows, columns))].repeat(chance.integers(1, 4), axis=0)[:rows]
    page = bilevel.black_and_white(grey, RASTERS[resolution], treatment)
    assert np.array_equal(page.packed, np.packbits(page.black, axis=1))
    assert page.black.shape == (rows, columns)
    assert page.dotted.shape == tuple(
        -(-n // block) for n, block in zip((rows, columns), GRAINS[resolution].block[::-1], strict=True)
    )
    assert (page.treatment is Treatment.PHOTO) == page.dotted.any()
    assert treatment is not Treatment.TEXT or not page.dotted.any()


@settings(max_examples=20)
@given(st.integers(2, 4), st.integers(2, 4), st.integers(0, 999), st.sampled_from(list(Resolution)[1:]))
def test_dust_on_white_is_cut_and_its_strokes_are_kept_as_numpy_does_it(
    rows: int, columns: int, seed: int, resolution: Resolution
) -> None:
    chance, area = np.random.default_rng(seed), (32 * rows, 32 * columns)
    grey = np.where(chance.random(area) < 0.08, chance.integers(0, 256, area), 255).astype(np.uint8)
    closed = grey
    for most in (True, False):
        for axis, size in ((1, GRAINS[resolution].stroke[0]), (0, GRAINS[resolution].stroke[1])):
            edges = [(0, 0), (0, 0)]
            edges[axis] = (size // 2, size - 1 - size // 2)
            windows = sliding_window_view(np.pad(closed, edges, mode="edge"), size, axis)
            closed = windows.max(axis=-1) if most else windows.min(axis=-1)
    wanted = (grey < 170) | (closed.astype(int) - grey > 48)
    assert np.array_equal(black_and_white(grey, Treatment.TEXT, resolution), wanted)


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


@pytest.mark.parametrize("resolution", Resolution)
def test_dots_cover_as_much_as_the_tone_is_dark(resolution: Resolution) -> None:
    tones = np.arange(26, 240, 2).astype(np.uint8)  # a step wedge, which has no strokes
    page = np.repeat(tones, 16)[None, :].repeat(240, axis=0)
    black = black_and_white(page, Treatment.PHOTO, resolution)
    covered = black.reshape(240, -1, 16).mean(axis=(0, 2))
    low, high = tones[3], tones[-8]  # the ends are black and white
    wanted = 1 - np.clip((tones.astype(float) - low) / (high - low), 0, 1)
    assert np.abs(covered - wanted).max() < 0.13
    assert np.all(np.diff(covered[::5]) <= 0)


def test_a_page_asked_for_as_text_has_no_dots() -> None:
    photo = np.asarray(Image.effect_noise(SIZE, 90).filter(ImageFilter.GaussianBlur(12)))
    found = bilevel.black_and_white(photo, RASTERS[Resolution.FINE], Treatment.TEXT)
    assert found.treatment is Treatment.TEXT


def chart(*greys: int, paper: int = 255) -> Grey:
    """Bars of these greys on paper, 80 pixels wide and as far apart."""
    page = np.full(SIZE[::-1], paper, np.uint8)
    for index, grey in enumerate(greys):
        page[100:500, 40 + 160 * index : 120 + 160 * index] = grey
    return page


def bars(black: Black, count: int) -> list[Black]:
    """What became of the insides of those bars."""
    return [black[110:490, 50 + 160 * index : 110 + 160 * index] for index in range(count)]


def test_fills_that_differ_are_told_apart_and_the_darker_ones_are_darker() -> None:
    shares = [bar.mean() for bar in bars(black_and_white(chart(60, 110, 150, 190, 220)), 5)]
    assert np.all(np.diff(shares) < -0.04)
    assert shares[-1] > 0.05


def test_a_fill_of_one_grey_alone_is_cut() -> None:
    (bar,) = bars(black_and_white(chart(128)), 1)
    assert bar.all()


def test_a_pale_fill_alone_does_not_vanish() -> None:
    (bar,) = bars(black_and_white(chart(210)), 1)
    assert 0.05 < bar.mean() < 0.5


def test_the_legend_has_the_hatches_of_the_chart() -> None:
    page = chart(110, 150, 190)
    for index, grey in enumerate((110, 150, 190)):
        page[536:568, 50 + 160 * index : 82 + 160 * index] = grey
    black = black_and_white(page)
    swatches = [black[538:566, 53 + 160 * index : 79 + 160 * index].mean() for index in range(3)]
    assert np.all(np.diff(swatches) < -0.05)


def test_hatches_code_small() -> None:
    black = black_and_white(chart(60, 110, 150, 190, 220))
    assert np.mean(black[1:] != black[:-1]) < 0.12
    assert np.mean(black[:, 1:] != black[:, :-1]) < 0.02


def test_a_label_on_a_hatched_bar_has_a_quiet_place() -> None:
    page = Image.fromarray(chart(100, 150, 190))
    ImageDraw.Draw(page).rectangle((230, 300, 240, 320), fill=0)
    black = black_and_white(np.asarray(page))
    assert black[300:321, 230:241].all()
    assert not black[297:300, 230:241].any()
    assert not black[300:321, 227:230].any()


@pytest.mark.parametrize(
    ("paper", "ink", "white"), [(200, 0, True), (120, 0, True), (120, 255, False), (200, 255, False)]
)
def test_words_on_a_tint_make_the_tint_their_opposite(paper: int, ink: int, white: bool) -> None:
    page = np.full(SIZE[::-1], 255, np.uint8)
    page[100:500, 30:830] = words(ink, paper)[100:500, 30:830]
    inside = black_and_white(page)[110:490, 40:820]
    assert np.array_equal(inside, WORDS[110:490, 40:820] if white else ~WORDS[110:490, 40:820])


def scanned(page: Grey) -> Grey:
    """What a scanner makes of it: shaded, soft, with noise."""
    soft = np.asarray(Image.fromarray(page).filter(ImageFilter.GaussianBlur(0.7))).astype(np.float32)
    shade = np.linspace(230, 200, SIZE[0])[None, :] / 255
    noise = np.random.default_rng(1).normal(0, 3, page.shape)
    return np.clip(soft * shade + noise, 0, 255).astype(np.uint8)


def test_bars_on_scanned_paper_are_told_apart_and_the_paper_is_white() -> None:
    black = black_and_white(scanned(chart(40, 110, 160)))
    shares = [bar.mean() for bar in bars(black, 3)]
    assert np.all(np.diff(shares) < -0.15)
    assert shares[-1] > 0.05
    assert black[:, 600:].mean() < 0.001


@pytest.mark.parametrize("scan", [True, False])
@pytest.mark.parametrize(
    ("paper", "ink", "white"), [(200, 0, True), (130, 0, True), (130, 255, False), (90, 255, False)]
)
def test_words_on_a_tint_can_be_read_in_a_picture_of_it(paper: int, ink: int, white: bool, scan: bool) -> None:
    page = np.full(SIZE[::-1], 255, np.uint8)
    page[100:500, 30:830] = words(ink, paper)[100:500, 30:830]
    soft = np.asarray(Image.fromarray(page).filter(ImageFilter.GaussianBlur(0.7)))
    found = bilevel.black_and_white(scanned(page) if scan else soft, RASTERS[Resolution.FINE])
    wanted = WORDS if white else ~WORDS
    assert np.mean(found.black[130:470, 60:800] != wanted[130:470, 60:800]) < 0.05
    assert not found.dotted.any()


def test_a_photograph_on_scanned_paper_leaves_the_words_around_it_alone() -> None:
    page = words().copy()
    land = np.asarray(Image.effect_noise((400, 280), 90).filter(ImageFilter.GaussianBlur(8))).astype(np.float32)
    page[200:480, 100:500] = np.clip((land - land.mean()) * 10 + 110, 30, 180)
    found = bilevel.black_and_white(scanned(page), RASTERS[Resolution.FINE])
    assert 0.2 < found.black[220:460, 120:480].mean() < 0.8
    assert found.treatment is Treatment.PHOTO
    assert np.mean(found.black[:180] != WORDS[:180]) < 0.03  # their edges are soft
    assert not found.dotted[: 180 // 16].any()
