"""The processes of a converter: they may die at any time, and no fax is harmed but the one in hand."""

import contextlib
import signal
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.documents import samples
from tests.documents.conftest import HEADER
from unifax.documents.convert import Converter, Limits
from unifax.documents.intake import Found
from unifax.documents.pages import count_pages, read_page
from unifax.model.errors import FileInvalid, Unavailable
from unifax.model.paper import PageReport


def look(converter: Converter, folder: Path, data: bytes) -> Found:
    (folder / "file").write_bytes(data)
    return converter.inspect(folder / "file", "file")


def youngest_zygote() -> psutil.Process:
    return max(psutil.Process().children(), key=lambda child: child.create_time())


def test_a_killed_zygote_is_replaced(tmp_path: Path) -> None:
    with Converter() as converter:
        assert look(converter, tmp_path, b"text").pages == 1
        zygote = youngest_zygote()
        zygote.send_signal(signal.SIGKILL)
        zygote.wait(5)
        assert look(converter, tmp_path, b"text").pages == 1


def test_a_call_in_flight_is_tried_once_more_and_then_given_up(tmp_path: Path) -> None:
    """Both zygotes are killed in the middle of a file that takes minutes; their children die with them."""
    (tmp_path / "slow").write_bytes(samples.slow_jpeg())
    (tmp_path / "good").write_bytes(b"good")
    ended: list[BaseException] = []

    def ask(converter: Converter) -> None:
        try:
            converter.inspect(tmp_path / "slow", "slow")
        except Unavailable as error:
            ended.append(error)

    with Converter(Limits(inspect_seconds=60)) as converter:
        asking = threading.Thread(target=ask, args=(converter,))
        asking.start()
        for _ in range(2):
            zygote, child = busy_zygote()
            zygote.send_signal(signal.SIGKILL)
            child.wait(5)
        asking.join()
        assert len(ended) == 1
        assert converter.inspect(tmp_path / "good", "good").pages == 1


def busy_zygote() -> tuple[psutil.Process, psutil.Process]:
    """Return a zygote of ours that has a child at work, and the child, as soon as there is one."""
    while True:
        with contextlib.suppress(psutil.NoSuchProcess):
            for zygote in psutil.Process().children():
                for child in zygote.children():
                    if child.cpu_times().user > 0.5:  # a spare one has worked for less
                        return zygote, child


def test_a_converter_ends_with_all_that_is_below_it(tmp_path: Path) -> None:
    before = psutil.Process().children()
    converter = Converter()
    converter.start()
    (zygote,) = set(psutil.Process().children()) - set(before)
    below = zygote.children()
    assert below
    assert zygote.num_threads() == 1, "a process of more threads cannot be forked"
    converter.close()
    assert not zygote.is_running()
    for child in below:
        child.wait(5)
    with pytest.raises(Unavailable):
        look(converter, tmp_path, b"text")


def test_many_threads_may_ask_at_once(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(samples.pdf(samples.HELLO))
    pages: list[int] = []

    def ask(number: int) -> None:
        out = tmp_path / f"{number}.tif"
        pages.append(
            len(converter.render([(tmp_path / "a", "a")], out, HEADER)) + converter.inspect(tmp_path / "a", "a").pages
        )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pages == [2] * 8
    assert len({(tmp_path / f"{number}.tif").read_bytes() for number in range(8)}) == 1


def test_a_page_is_heard_of_as_soon_as_it_can_be_read(converter: Converter, tmp_path: Path) -> None:
    """Who does not listen holds up the child: it cannot come to an end while we look at its first page."""
    (tmp_path / "long").write_bytes(samples.pdf(*[""] * 200))
    out, seen = tmp_path / "out.tif", []

    def heed(page: PageReport) -> None:
        seen.append(page.number)
        if page.number == 1:
            assert read_page(out, 1).rows == page.rows
            assert count_pages(out) < 200

    pages = converter.render([(tmp_path / "long", "long")], out, HEADER, heed=heed)
    assert [page.number for page in pages] == seen == list(range(1, 201))


def test_who_cannot_bear_what_he_hears_gets_his_own_error(converter: Converter, tmp_path: Path) -> None:
    def heed(page: PageReport) -> None:
        raise LookupError("no room for it")

    (tmp_path / "file").write_bytes(b"one\ftwo")
    with pytest.raises(LookupError, match="no room for it"):
        converter.render([(tmp_path / "file", "file")], tmp_path / "out.tif", HEADER, heed=heed)
    assert not (tmp_path / "out.tif").exists()


def test_a_child_killed_in_the_middle_of_a_page_harms_no_other_fax(tmp_path: Path) -> None:
    (tmp_path / "slow").write_bytes(samples.slow_jpeg())
    (tmp_path / "good").write_bytes(samples.pdf(samples.HELLO))
    ended: list[Unavailable] = []

    def ask(converter: Converter) -> None:
        with pytest.raises(Unavailable, match="was stopped") as refused:
            converter.render([(tmp_path / "slow", "slow")], tmp_path / "slow.tif", HEADER)
        ended.append(refused.value)

    with Converter(Limits(page_seconds=60)) as converter:
        asking = threading.Thread(target=ask, args=(converter,))
        asking.start()
        zygote, child = busy_zygote()

        def heed(page: PageReport) -> None:
            child.send_signal(signal.SIGKILL)

        assert len(converter.render([(tmp_path / "good", "good")], tmp_path / "good.tif", HEADER, heed=heed)) == 1
        asking.join()
        assert len(ended) == 1
        assert not (tmp_path / "slow.tif").exists()
        assert zygote.is_running()


def test_spare_children_that_die_are_not_missed(tmp_path: Path) -> None:
    with Converter() as converter:
        zygote = youngest_zygote()
        for _ in range(3):
            for spare in zygote.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    spare.send_signal(signal.SIGKILL)
            assert look(converter, tmp_path, b"text").pages == 1
        assert youngest_zygote() == zygote


def test_a_zygote_that_has_grown_is_replaced_when_nobody_uses_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    with Converter(Limits(zygote_bytes=1)) as converter:
        old = youngest_zygote()

        def heed(page: PageReport) -> None:
            look(converter, tmp_path, b"text")
            assert old.is_running()

        converter.render([(tmp_path / "file", "file")], tmp_path / "out.tif", HEADER, heed=heed)
        assert not old.is_running()
        assert look(converter, tmp_path, b"text").pages == 1


def test_a_fax_may_take_time_by_its_pages(tmp_path: Path) -> None:
    """A second of work is not enough for a picture of minutes, though its first word came in time."""
    (tmp_path / "slow").write_bytes(samples.slow_jpeg())
    limits = replace(Limits(), pages=1, open_cpu_seconds=0, page_seconds=60)
    with Converter(limits) as converter, pytest.raises(FileInvalid, match="takes too long to read"):
        converter.render([(tmp_path / "slow", "slow")], tmp_path / "out.tif", HEADER)
