"""A collector of traces on loopback: what it is told by OTLP over HTTP, read as any collector would."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue


@dataclass(frozen=True, slots=True)
class Told:
    """A span as it was told."""

    role: str
    "Of the process that told it."
    name: str
    trace: bytes
    id: bytes
    parent: bytes
    "Empty: it is the first of its trace, as far as we know."
    began: int
    "Nanoseconds, as the end."
    ended: int
    facts: dict[str, str | int]
    events: Sequence[str]
    failed: str
    "Empty when it has not."


class Collector:
    """Keeps what it is told."""

    def __init__(self, endpoint: str, bodies: Sequence[bytes], shown: Sequence[str | None]) -> None:
        self.endpoint = endpoint
        self.shown = shown
        "What each batch came with as its `Authorization`."
        self._bodies = bodies

    def spans(self) -> list[Told]:
        """Return all spans that were told, in the order of their beginnings."""
        return sorted((span for body in list(self._bodies) for span in _read(body)), key=lambda span: span.began)

    def below(self, parent: Told) -> list[Told]:
        """Return the parts of a span, in their order."""
        return [span for span in self.spans() if span.parent == parent.id]

    def one(self, name: str) -> Told:
        """Return the only span of a name."""
        (span,) = (span for span in self.spans() if span.name == name)
        return span


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect on a free port of loopback."""
    bodies: list[bytes] = []
    shown: list[str | None] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown.append(self.headers["Authorization"])
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Collector(f"http://127.0.0.1:{server.server_port}/v1/traces", bodies, shown)
        finally:
            server.shutdown()
            thread.join()


def _read(body: bytes) -> Iterator[Told]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        role = str(_facts(resource.resource.attributes)["unifax.role"])
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Told(
                    role=role,
                    name=span.name,
                    trace=span.trace_id,
                    id=span.span_id,
                    parent=span.parent_span_id,
                    began=span.start_time_unix_nano,
                    ended=span.end_time_unix_nano,
                    facts=_facts(span.attributes),
                    events=[event.name for event in span.events],
                    failed=span.status.message,
                )


def _facts(attributes: Sequence[KeyValue]) -> dict[str, str | int]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in attributes}
