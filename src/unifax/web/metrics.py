"""What Prometheus is told: how things stand in the database, and what this web process has seen itself.

No label is a number, an account, an extension or an App: those who watch need not know who faxes whom.
"""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from unifax.store.tallies import Standing, Tally, What

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Watch:
    """What one web process sees of itself."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Histogram(
            "unifax_http_request_seconds",
            "HTTP requests that this process has answered; faxes are accepted by POST /uapi/faxes/{user}/{extension}",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._database = Histogram(
            "unifax_database_seconds",
            "Transactions of this process, the wait for their turn included",
            ["kind"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer. `route` is as it is written down, not as it was asked for."""
        self._requests.labels(method, route, f"{status // 100}xx").observe(max(0.0, seconds))

    def transaction(self, kind: str, seconds: float) -> None:
        self._database.labels(kind).observe(seconds)

    def shown(
        self, standing: Standing | None, channels: Mapping[str, int], troubles: Mapping[str, str | None]
    ) -> bytes:
        """Return all of it, as text; of the database only while it can be asked."""
        there = CollectorRegistry()
        there.register(_Found([_parts(troubles), *(_standing(standing, channels) if standing else ())]))
        return generate_latest(self._registry) + generate_latest(there)


class _Found(Collector):
    """What was found just now."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _parts(troubles: Mapping[str, str | None]) -> Metric:
    return _gauge(
        "unifax_part_up",
        "Whether a part is there that faxes need (/readyz)",
        ["part"],
        {(part,): trouble is None for part, trouble in troubles.items()},
    )


def _standing(standing: Standing, channels: Mapping[str, int]) -> Iterable[Metric]:
    waiting, up = standing.waiting, standing.calls_up
    yield _gauge("unifax_waiting", "What waits, by reason", ["reason"], {(it.reason,): it.count for it in waiting})
    yield _gauge(
        "unifax_waiting_oldest_seconds",
        "How long the oldest of it has been due",
        ["reason"],
        {(it.reason,): it.oldest_seconds for it in waiting},
    )
    yield _gauge(
        "unifax_channels_in_use",
        "Calls that are up, either way",
        ["trunk"],
        {(trunk,): up.get(trunk, 0) for trunk in channels.keys() | up.keys()},
    )
    yield _gauge("unifax_channels", "Calls at once", ["trunk"], {(trunk,): most for trunk, most in channels.items()})
    yield _gauge("unifax_processes", "At work", ["role"], {(role,): some for role, some in standing.processes.items()})
    calls, paper, notices = ([it for it in standing.tallies if it.what is what] for what in What)
    by_trunk = ["trunk", "outcome"]
    yield _counter("unifax_calls", "Calls that have ended", by_trunk, {_way(it): it.times for it in calls})
    yield _counter("unifax_call_seconds", "How long they took", by_trunk, {_way(it): it.seconds for it in calls})
    yield _counter("unifax_pages_sent", "Pages confirmed in them", by_trunk, {_way(it): it.pages for it in calls})
    made: dict[tuple[str, ...], float] = {(it.outcome,): it.times for it in paper}
    yield _counter("unifax_faxes_converted", "Faxes whose pages were made, or not", ["outcome"], made)
    yield _counter("unifax_pages_made", "Their pages", ["outcome"], {(it.outcome,): it.pages for it in paper})
    yield _counter(
        "unifax_conversion_seconds", "How long that took", ["outcome"], {(it.outcome,): it.seconds for it in paper}
    )
    yield _counter("unifax_hook_tries", "Tries to tell hooks", ["outcome"], {(it.outcome,): it.times for it in notices})
    yield _counter(
        "unifax_hook_lag_seconds",
        "How long after their events, added up",
        ["outcome"],
        {(it.outcome,): it.seconds for it in notices},
    )
    yield _gauge(
        "unifax_sip_turned_away",
        "At the SIP port, since its process began: datagrams of strangers and malformed ones, calls",
        ["how"],
        {(how,): some for how, some in standing.strangers.items()},
    )


def _way(tally: Tally) -> tuple[str, str]:
    return tally.trunk, tally.outcome


def _gauge(name: str, says: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]) -> Metric:
    metric = GaugeMetricFamily(name, says, labels=labels)
    for given, value in values.items():
        metric.add_metric(given, value)
    return metric


def _counter(name: str, says: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]) -> Metric:
    metric = CounterMetricFamily(name, says, labels=labels)
    for given, value in values.items():
        metric.add_metric(given, value)
    return metric
