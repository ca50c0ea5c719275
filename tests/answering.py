"""An HTTP server on loopback that gives the answers it was handed, and keeps the requests it was sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(slots=True)
class Answering:
    """What it will say, and what it was asked."""

    answers: list[tuple[int, bytes] | bytes]
    """Status and body, in the order in which they are given; the last one is given again and again.
    Status 0: no answer. Bytes are written as they are, and then the connection is closed."""
    url: str = ""
    asked: list[str] = field(default_factory=list)
    "Method and target of every request."
    authorizations: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    "By lower-case name."
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def answering(*answers: tuple[int, bytes] | bytes) -> Iterator[Answering]:
    """Serve on a free port until left."""
    told = Answering(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(f"{self.command} {self.path}")
            told.authorizations.append(self.headers["Authorization"])
            told.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            if isinstance(answer, bytes):
                self.wfile.write(answer)
                return
            status, body = answer
            if status == 0:
                return
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
