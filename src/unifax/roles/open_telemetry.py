"""Spans are told to a collector by OpenTelemetry (OTLP over HTTP). The only module that knows OpenTelemetry.

Nothing of it is global: whoever traces is given what this makes. It is loaded only where there is a collector.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from unifax.model.concern import concerning
from unifax.model.trace import NOTHING, Facts, Side, present, presently

EXPORT_SECONDS = 5.0
"How long a batch is tried to be told; the end of a process waits for it."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NOWHERE = Context()
_W3C = TraceContextTextMapPropagator()
_KINDS = {Side.SERVER: SpanKind.SERVER, Side.NONE: SpanKind.INTERNAL, Side.CLIENT: SpanKind.CLIENT}


def collector(endpoint: str, authorization: str) -> SpanExporter:
    """Return who tells a collector, at the address that takes OTLP."""
    headers = {"Authorization": authorization} if authorization else {}
    return OTLPSpanExporter(endpoint, headers=headers, timeout=EXPORT_SECONDS)


class OpenTelemetry:
    """Tells of the spans of one process, in batches, from a thread of its own."""

    def __init__(self, exporter: SpanExporter, share: float, role: str, host: str) -> None:
        """`share` is how much of what begins here is told of; what belongs to other traces is as they are."""
        who = {"service.name": "unifax", "service.instance.id": f"{role}.{host}", "unifax.role": role}
        sampler = ParentBased(TraceIdRatioBased(share))
        self._provider = TracerProvider(sampler, Resource(who), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("unifax")

    @contextmanager
    def span(
        self, name: str, facts: Facts = NOTHING, *, of: str | None = None, side: Side = Side.NONE
    ) -> Iterator["_Open"]:
        begun = self._tracer.start_span(name, _within(of), _KINDS[side], facts)
        span = _Open(begun)
        try:
            with presently(_named(begun)), concerning(trace=f"{begun.get_span_context().trace_id:032x}"):
                yield span
        except BaseException as error:
            span.fail(type(error).__name__)  # its words may hold what is nobody's business
            raise
        finally:
            begun.end()

    def past(self, name: str, began: datetime, ended: datetime, facts: Facts = NOTHING) -> None:
        span = self._tracer.start_span(name, _within(None), attributes=facts, start_time=_nanoseconds(began))
        span.end(_nanoseconds(ended))

    def close(self) -> None:
        """Tell what has not been told, if the collector answers."""
        self._provider.shutdown()


class _Open:
    """A span that has not ended."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def name(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, facts: Facts) -> None:
        self._span.set_attributes(facts)

    def fail(self, why: str) -> None:
        self._span.set_status(Status(StatusCode.ERROR, why))

    def reach(self, what: str) -> None:
        self._span.add_event(what)


def _within(of: str | None) -> Context:
    named = of or present()
    return _W3C.extract({"traceparent": named}, _NOWHERE) if named else _NOWHERE


def _named(span: trace.Span) -> str:
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span, _NOWHERE))
    return carrier["traceparent"]


def _nanoseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000
