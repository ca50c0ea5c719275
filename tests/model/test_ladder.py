"""The order in which manners are tried, for any past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.call import CallReport, Media, T38Use
from unifax.model.ladder import BLAMED, DOUBTED, RUNGS, Experience, Failure, allowed, failure_of, in_order
from unifax.model.manner import BEST, Ability, Manner, Modem, Pin
from unifax.model.outcome import MEANING, Again, Outcome

NOW = datetime(2026, 2, 3, tzinfo=UTC)
AUDIO = Manner(t38=False)
V29 = Manner(modem=Modem.V29)
ENDS = list(BLAMED)

rungs = st.sampled_from(RUNGS)
pins = st.builds(Pin, st.none() | st.booleans(), st.none() | st.booleans(), st.none() | st.sampled_from(Modem))
failures = st.builds(lambda manner, end: Failure(manner, *end), rungs, st.sampled_from(ENDS))
moments = st.integers(1, 1000).map(lambda hours: NOW - timedelta(hours=hours))


def worked(manner: Manner, at: datetime = NOW, failures: int = 0) -> Experience:
    failure = Failure(manner, Outcome.PROTOCOL, Media.T38) if failures else None
    return Experience(manner, at, at if failures else None, failures, failure, 14_400)


def failed(manner: Manner, at: datetime = NOW) -> Experience:
    return Experience(manner, None, at, 1, Failure(manner, Outcome.PROTOCOL, Media.T38), None)


experiences = st.lists(
    st.builds(worked, rungs, moments, st.integers(0, 3)) | st.builds(failed, rungs, moments),
    unique_by=lambda each: each.manner,
    max_size=len(RUNGS),
)


@given(st.sampled_from(T38Use), pins, experiences, st.lists(failures, max_size=6))
def test_every_manner_that_is_allowed_comes_once(
    use: T38Use, pin: Pin, known: Sequence[Experience], mine: Sequence[Failure]
) -> None:
    left = allowed(use, pin)
    order = in_order(left, known, mine)
    assert left
    assert sorted(map(repr, order)) == sorted({*map(repr, order)}) == sorted(map(repr, left))


@given(experiences, st.lists(failures, max_size=6))
def test_what_has_failed_this_fax_comes_after_all_that_has_not(
    known: Sequence[Experience], mine: Sequence[Failure]
) -> None:
    order = in_order(RUNGS, known, mine)
    spoken_against = [any(failure.speaks_against(manner) for failure in mine) for manner in order]
    assert spoken_against == sorted(spoken_against)


@given(experiences)
def test_what_is_known_to_fail_comes_after_what_was_never_tried(known: Sequence[Experience]) -> None:
    order = in_order(RUNGS, known, ())
    given_up = {each.manner for each in known if each.given_up_at is not None}
    untried = set(RUNGS) - {each.manner for each in known}
    assert all(order.index(good) < order.index(bad) for good in untried for bad in given_up)


@given(rungs, st.sets(rungs))
def test_the_best_that_works_comes_first_once_something_better_has_failed(works: Manner, bad: set[Manner]) -> None:
    better = set(RUNGS[: RUNGS.index(works)])
    known = [worked(works), *(failed(manner) for manner in bad - {works})]
    first = in_order(RUNGS, known, ())[0]
    if bad & better or not better:
        assert first == works
    else:
        assert first == BEST, "nothing says any more why it should not be taken"


@given(st.lists(st.sampled_from(ENDS), min_size=len(RUNGS), max_size=len(RUNGS)))
def test_a_fax_that_always_fails_tries_every_manner_that_may_help_before_it_repeats_one(
    ends: Sequence[tuple[Outcome, Media | None]],
) -> None:
    mine: list[Failure] = []
    for end in ends:
        manner = in_order(RUNGS, (), mine)[0]
        hopeless = {each for each in RUNGS if any(failure.speaks_against(each) for failure in mine)}
        assert manner not in hopeless or hopeless == set(RUNGS)
        mine.append(Failure(manner, *end))


def test_when_all_have_failed_the_longest_ago_is_repeated_first() -> None:
    mine = [Failure(manner, Outcome.PROTOCOL, Media.T38) for manner in reversed(RUNGS)]
    assert in_order(RUNGS, (), mine) == list(reversed(RUNGS))
    known = [failed(manner, NOW + timedelta(hours=-hour)) for hour, manner in enumerate(RUNGS)]
    assert in_order(RUNGS, known, ()) == list(reversed(RUNGS))


def test_without_a_past_the_best_comes_first() -> None:
    assert in_order(allowed(T38Use.ON, Pin()), (), ()) == list(RUNGS)
    assert RUNGS[0] == BEST == Manner(t38=True, ecm=True, modem=Modem.V17)
    assert in_order(allowed(T38Use.OFF, Pin()), (), ())[0] == AUDIO
    assert in_order(allowed(T38Use.ONLY, Pin()), (), ())[0] == BEST


def test_what_has_worked_is_trusted_through_one_failure() -> None:
    assert in_order(RUNGS, [worked(BEST, failures=DOUBTED - 1), worked(AUDIO)], ())[0] == BEST
    assert in_order(RUNGS, [worked(BEST, failures=DOUBTED), worked(AUDIO)], ())[0] == AUDIO
    assert in_order(RUNGS, [failed(BEST), worked(AUDIO)], ())[0] == AUDIO


def test_after_a_failure_what_is_known_to_work_comes_before_what_was_never_tried() -> None:
    mine = [Failure(BEST, Outcome.PROTOCOL, Media.T38)]
    assert in_order(RUNGS, [worked(BEST, failures=1), worked(V29)], mine)[0] == V29


def test_a_gateway_that_hears_no_fax_behind_t38_speaks_against_all_of_t38() -> None:
    failure = Failure(BEST, Outcome.NOT_A_FAX, Media.T38)
    assert [manner for manner in RUNGS if failure.speaks_against(manner)] == [rung for rung in RUNGS if rung.t38]


abilities = st.builds(Ability, st.booleans(), st.sampled_from(Modem))


@given(abilities, experiences, st.lists(failures, max_size=6))
def test_what_comes_to_the_same_with_the_far_machine_is_there_once_and_asked_for_at_its_best(
    far: Ability, known: Sequence[Experience], mine: Sequence[Failure]
) -> None:
    order = in_order(RUNGS, known, mine, far)
    meant = [far.comes_to(manner) for manner in order]
    assert len(set(meant)) == len(meant)
    assert set(meant) == {far.comes_to(manner) for manner in RUNGS}
    for manner in order:
        assert manner == next(rung for rung in RUNGS if far.comes_to(rung) == far.comes_to(manner))


def test_an_old_machine_is_soon_called_as_slowly_as_it_can_read() -> None:
    far = Ability(ecm=False, modem=Modem.V29)
    slowest = Manner(modem=Modem.V27TER)
    assert in_order(RUNGS, (), (), far) == [BEST, AUDIO, slowest, replace(slowest, t38=False)]
    mine = [Failure(V29, Outcome.PROTOCOL, Media.T38)]
    assert in_order(RUNGS, [failed(Manner(ecm=False, modem=Modem.V29))], mine, far)[0] == AUDIO, "it was the best"
    assert in_order(RUNGS, [failed(BEST), worked(V29, NOW + timedelta(hours=1))], (), far)[0] == BEST, (
        "so the later counts"
    )


def test_a_far_side_that_takes_nothing_but_t38_is_not_asked_for_audio_again() -> None:
    refused = CallReport(Outcome.NOT_A_FAX)
    failure = failure_of(AUDIO, refused)
    assert failure is not None
    assert [manner for manner in RUNGS if failure.speaks_against(manner)] == [rung for rung in RUNGS if not rung.t38]
    assert failure_of(BEST, refused) is None, "who was offered T.38 and took neither is a person"


def test_a_far_side_that_took_no_t38_is_not_called_in_audio_once_more() -> None:
    failure = Failure(BEST, Outcome.PROTOCOL, Media.G711)
    assert [manner for manner in RUNGS if failure.speaks_against(manner)] == [BEST, AUDIO]
    assert in_order(RUNGS, (), [failure])[0] == V29
    assert not Failure(AUDIO, Outcome.PROTOCOL, Media.G711).speaks_against(BEST), "T.38 was not tried"


@given(st.sampled_from(T38Use), pins)
def test_a_pin_leaves_nothing_else_and_the_trunk_stands_above_it(use: T38Use, pin: Pin) -> None:
    for manner in allowed(use, pin):
        assert pin.ecm in (None, manner.ecm)
        assert pin.modem in (None, manner.modem)
        assert manner.t38 is {T38Use.ON: manner.t38 if pin.t38 is None else pin.t38}.get(use, use is T38Use.ONLY)
    if pin.ecm is not None and pin.modem is not None and (pin.t38 is not None or use is not T38Use.ON):
        assert len(allowed(use, pin)) == 1


@given(rungs, st.sampled_from(Outcome), st.none() | st.sampled_from(Media), st.integers(0, 3))
def test_only_a_fax_that_began_and_failed_speaks_against_its_manner(
    manner: Manner, outcome: Outcome, media: Media | None, pages: int
) -> None:
    failure = failure_of(manner, CallReport(outcome, pages, media=media))
    if outcome in {Outcome.SENT, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.LOST, Outcome.CANCELLED}:
        assert failure is None
    if outcome is Outcome.DROPPED and media is not None:
        assert (failure is None) is (pages > 0), "until then it worked"
    if failure is not None:
        assert media is not None or not manner.t38
        assert failure.speaks_against(manner) or (media is Media.T38 and not manner.t38)
        assert MEANING[outcome].again is not Again.NEVER
