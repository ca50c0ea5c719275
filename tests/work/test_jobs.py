"""The pieces of work, as values."""

from unifax.model.terms import Priority
from unifax.store.calls import CallNext
from unifax.work.jobs import CALL, HAND_OVER, PREPARE, call_job, prepare_job, trunk_queue


def test_work_is_named_after_its_row_and_serial_so_that_none_is_done_twice() -> None:
    assert prepare_job(7, 1).id != prepare_job(7, 2).id != prepare_job(71, 2).id
    assert prepare_job(7, 1, 5.0).id == prepare_job(7, 1).id
    assert (
        call_job(CallNext(1, 7, 1, 2, "a", Priority.NORMAL)).id
        != call_job(CallNext(1, 7, 2, 3, "a", Priority.NORMAL)).id
    )


def test_a_call_stands_in_the_queue_of_its_trunk() -> None:
    job = call_job(
        CallNext(fax_id=1, delivery_id=7, call_number=2, work=3, trunk="carrier", priority=Priority.LOW), 60.0
    )
    assert (job.kind, job.queue, job.args, job.delay_seconds) == (CALL, trunk_queue("carrier"), (7, 2, 3), 60.0)
    assert job.priority == Priority.LOW
    assert prepare_job(1, 1).queue == PREPARE


def test_what_an_extension_of_our_own_waits_for_is_handed_over_without_a_call() -> None:
    job = call_job(CallNext(fax_id=1, delivery_id=7, call_number=1, work=3, trunk=None, priority=Priority.URGENT))
    assert (job.kind, job.queue, job.args, job.priority) == (HAND_OVER, PREPARE, (7, 3), 1)


def test_work_always_has_a_priority() -> None:
    assert prepare_job(1, 1).priority == Priority.NORMAL > 0
