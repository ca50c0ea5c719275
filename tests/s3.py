"""A store that speaks S3, on loopback: moto's. It may fail, as stores do."""

import logging
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from unifax.store.s3_shelf import Bucket

StartResponse = Callable[..., object]
Wsgi = Callable[[dict[str, object], StartResponse], Iterable[bytes]]


@dataclass
class Faults:
    """How a store fails: so many of a hundred requests, half of them after they were done."""

    percent: int = 0
    failed: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def app(self, store: Wsgi) -> Wsgi:
        def fails(environ: dict[str, object], start: StartResponse) -> Iterable[bytes]:
            at = self.chance.random() * 100
            if at >= self.percent:
                return store(environ, start)
            self.failed += 1
            if at < self.percent / 2:
                list(store(environ, lambda *_: None))  # done, and nobody learns of it
            start("503 Slow Down", [("Content-Type", "application/xml")])
            return [b"<Error><Code>SlowDown</Code></Error>"]

        return fails


@contextmanager
def a_store(name: str = "faxes") -> Iterator[tuple[Bucket, Faults]]:
    """Run a store with an empty bucket."""
    faults = Faults()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    store = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, faults.app(store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        endpoint = f"http://127.0.0.1:{server.port}"
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/x"}
        httpx.put(f"{endpoint}/{name}", headers=signed, timeout=60)
        yield Bucket(name, "ours", endpoint, "us-east-1", "access", "secret"), faults
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
