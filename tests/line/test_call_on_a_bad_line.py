"""Faxes in audio over lines that lose, delay and reorder: what is hurt is asked for again, and the page is whole."""

from pathlib import Path

import pytest

from tests.faxes import dense_page, same_pages, text_fax, write_fax
from tests.link import Sent
from tests.phones import Conversation, Phone, receiving, sending, takes
from unifax.line.call import CallEvent
from unifax.line.plan import Plan
from unifax.model.call import Media, T38Use
from unifax.model.outcome import Outcome
from unifax.wire import t30


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", rows=200)


@pytest.fixture
def long_document(tmp_path: Path) -> Path:
    """More than T2, 7 s, of image."""
    return write_fax(tmp_path / "long.tif", [dense_page(1, rows=120)])


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def talk_in_audio(
    document: Path, received: Path, seed: int = 1, jitter: float = 0.0, loss: float = 0.0
) -> Conversation:
    return Conversation(
        Plan(sending(document), t38=T38Use.OFF),
        takes(Plan(receiving(received), t38=T38Use.OFF)),
        seed=seed,
        jitter=jitter,
        loss=loss,
    )


def lose(
    talk: Conversation, media_of: Phone, *, after: tuple[Phone, str], begins: float = 0.0, seconds: float
) -> list[Sent]:
    """Lose a side's media once, from `begins` seconds after a side said a frame on; return what will be lost."""
    speaker, name = after
    lost: list[Sent] = []
    moments: list[float] = []

    def listen(now: float) -> None:
        if not moments and name in names(speaker.events, outgoing=True):
            moments.append(now + begins)

    def loses(sent: Sent) -> bool:
        is_lost = bool(moments) and 0 <= sent.at - moments[0] < seconds and sent.source == media_of.media
        if is_lost:
            lost.append(sent)
        return is_lost

    talk.watch, talk.link.lose = listen, loses
    return lost


def names(events: list[CallEvent], *, outgoing: bool) -> list[str]:
    return [event.name for event in events if isinstance(event, t30.Frame) and event.outgoing is outgoing]


def test_a_last_confirmation_lost_on_the_way_is_given_again(document: Path, received: Path) -> None:
    talk = talk_in_audio(document, received)
    lost = lose(talk, talk.machine, after=(talk.machine, "MCF"), seconds=2.0)
    report = talk.run()
    assert lost
    assert names(talk.machine.events, outgoing=True)[-2:] == ["MCF", "MCF"]
    assert report is not None
    assert (report.outcome, report.pages_confirmed, report.media) == (Outcome.SENT, 1, Media.G711)
    assert same_pages(document, received)


def test_a_last_confirmation_lost_over_t38_is_given_again(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received))))
    lost = lose(talk, talk.machine, after=(talk.machine, "MCF"), seconds=0.5)
    report = talk.run()
    assert lost
    assert names(talk.machine.events, outgoing=True)[-2:] == ["MCF", "MCF"]
    assert report is not None
    assert (report.outcome, report.pages_confirmed, report.media) == (Outcome.SENT, 1, Media.T38)
    assert same_pages(document, received)


def test_a_training_that_was_not_seen_is_done_again(document: Path, received: Path) -> None:
    """The machine sees no test of its modem, and the caller, without an answer, sends DCS and the test again."""
    talk = talk_in_audio(document, received)
    lost = lose(talk, talk.caller, after=(talk.caller, "DCS"), begins=1.2, seconds=2.0)
    report = talk.run()
    assert lost
    assert names(talk.caller.events, outgoing=True).count("DCS") == 2
    assert names(talk.machine.events, outgoing=False).count("DCS") == 2
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(document, received)


def test_an_image_whose_training_was_hurt_is_waited_for_to_its_end(long_document: Path, received: Path) -> None:
    """More than T2, 7 s, of a carrier that cannot be read."""
    talk = talk_in_audio(long_document, received)
    lost = lose(talk, talk.caller, after=(talk.machine, "CFR"), begins=1.2, seconds=0.6)
    report = talk.run()
    assert lost
    assert names(talk.machine.events, outgoing=True).count("DIS") == 1
    assert "PPR" in names(talk.machine.events, outgoing=True)
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(long_document, received)


def test_a_question_that_was_hurt_is_waited_for_again(document: Path, received: Path) -> None:
    talk = talk_in_audio(document, received)
    lost = lose(talk, talk.caller, after=(talk.caller, "PPS-EOP"), begins=1.2, seconds=0.04)
    report = talk.run()
    assert lost
    assert names(talk.caller.events, outgoing=True).count("PPS-EOP") == 2
    assert names(talk.machine.events, outgoing=True).count("DIS") == 1
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(document, received)


@pytest.mark.parametrize(("loss", "calls", "at_least"), [(0.0, 3, 3), (0.001, 8, 8), (0.005, 10, 9)])
def test_as_many_faxes_arrive_as_were_measured(
    loss: float, calls: int, at_least: int, document: Path, tmp_path: Path
) -> None:
    """With 30 ms of jitter. What is called sent has arrived, always."""
    sent = 0
    for seed in range(calls):
        received = tmp_path / f"{seed}.tif"
        talk = talk_in_audio(document, received, seed, jitter=0.03, loss=loss)
        report = talk.run()
        assert report is not None
        if report.outcome is Outcome.SENT:
            sent += 1
            assert same_pages(document, received)
    assert sent >= at_least
