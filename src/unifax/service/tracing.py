"""A call as a span, and one for each of its pages. Must not know: who collects them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from unifax.model.call import CallReport, Milestone, Progress
from unifax.model.concern import concerning
from unifax.model.outcome import Outcome
from unifax.model.trace import Facts, Side, Span, Traces
from unifax.store.calls import CallUp

_NO_FAILURE = frozenset({Outcome.SENT, Outcome.CANCELLED})


class CallTrace:
    """What happens in a call, as it is written down."""

    def __init__(self, traces: Traces, span: Span, up: CallUp) -> None:
        self._traces = traces
        self._span = span
        self._fax_id, self._first_page = up.fax_id, up.first_page
        self._confirmed = 0
        self._since = up.started_at
        "When the page now on the line began: with the answer, or the end of the page before it."

    def step(self, progress: Progress, now: datetime) -> None:
        """Tell of a step that is on disk."""
        match progress.milestone:
            case Milestone.PAGE_CONFIRMED:
                if progress.pages_confirmed > self._confirmed:
                    self._confirmed = progress.pages_confirmed
                    facts = {"fax.id": self._fax_id, "page.number": self._first_page + self._confirmed}
                    self._traces.past("page", self._since, now, facts)
                    self._since = now
            case Milestone.ANSWERED:
                self._since = now
                self._span.reach(progress.milestone.value)
            case _:
                self._span.reach(progress.milestone.value)

    def end(self, ended: CallReport) -> None:
        """Tell how it ended."""
        self._span.note({"call.outcome": ended.outcome.value, "call.pages": ended.pages_confirmed})
        if ended.outcome not in _NO_FAILURE:
            self._span.fail(ended.outcome.value)


@contextmanager
def call_trace(traces: Traces, up: CallUp) -> Iterator[CallTrace]:
    """Have all that is done inside concern a call, in the log and in the trace of its fax."""
    call = f"{up.delivery_id}.{up.call_number}"
    facts: Facts = {"fax.id": up.fax_id, "call.id": call, "call.trunk": up.trunk}
    with concerning(fax=up.fax_id, call=call), traces.span("call", facts, of=up.trace, side=Side.CLIENT) as span:
        yield CallTrace(traces, span, up)
