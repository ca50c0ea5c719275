"""The pieces of work there are, as values. Must not know: who does them, or how the queue keeps them."""

from dataclasses import dataclass

from unifax.store.calls import CallNext

PREPARE = "prepare"
"Kind of work that makes a fax's pages, and the queue it stands in. Arguments: fax id, serial."

CALL = "call"
"Kind of work that makes one call. Arguments: delivery id, call number, serial."

NORMAL = 10
"Priority of ordinary work: 1 is most urgent. It is always given: DBOS puts work without one ahead of everything."


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work."""

    kind: str
    id: str
    "Unique for ever: enqueued twice, it is done once."
    queue: str
    args: tuple[int, ...]
    delay_seconds: float | None = None
    priority: int = NORMAL


def trunk_queue(trunk: str) -> str:
    """Return the queue of a trunk: one each, so that its limits are its channels."""
    return f"trunk.{trunk}"


def prepare_job(fax_id: int, work: int, delay_seconds: float | None = None) -> Job:
    return Job(PREPARE, f"{PREPARE}.{fax_id}.{work}", PREPARE, (fax_id, work), delay_seconds)


def call_job(call: CallNext, delay_seconds: float | None = None) -> Job:
    return Job(
        CALL,
        f"{CALL}.{call.delivery_id}.{call.work}",
        trunk_queue(call.trunk),
        (call.delivery_id, call.call_number, call.work),
        delay_seconds,
    )
