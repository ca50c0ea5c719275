"""The body of a v3.0 "Create Faxes" request: file parts go to disk as they come, the part `request` says where to.

Knows nothing of accounts or file types. What a caller calls a file is never used as a path.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from unifax.model.errors import RecipientsInvalid, RequestInvalid, TooLarge, TooManyFiles, Unavailable
from unifax.model.file_name import display_name
from unifax.service.sending import Upload
from unifax.web.uapi.body import body_of, json_object
from unifax.web.uapi.disposition import file_name, parameters, text_of
from unifax.web.uapi.parts import PartBegan, PartData, PartEnded, PartReader

MAX_PARTS = 100
MAX_REQUEST_BYTES = 64 * 1024
"Of the part `request`: a thousand recipients fit, and VoipNow allows no more than 999."

T = TypeVar("T")

_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})


class Form:
    """What a body has said so far. Plain and blocking: it writes files."""

    def __init__(self, boundary: bytes, stage: Callable[[], Path], *, keep_fields: bool = False) -> None:
        self.uploads: list[Upload] = []
        self.fields: list[tuple[str, str]] = []
        "The other parts, in their order, by name; those of the API are nothing to us, and not kept."
        self._keep_fields = keep_fields
        self._reader = PartReader(boundary)
        self._stage = stage
        self._parts = 0
        self._request: bytearray | None = None
        self._in_request = False
        self._field: tuple[str, bytearray] | None = None
        self._field_bytes = 0
        self._file: BinaryIO | None = None
        self._staged: list[Path] = []
        self._name: str | None = None

    def receive(self, data: bytes) -> None:
        """Take the next bytes of the body. Raises Refused; Unavailable when the disk does not take them."""
        self._take(self._reader.receive(data))

    def end(self) -> None:
        """The body is over. Raises Refused when it is not whole."""
        self._take(self._reader.end())

    def close(self) -> list[Path]:
        """Take nothing more; return every file that was staged, wherever it is now."""
        if self._file is not None:
            self._file.close()
        return self._staged

    def asked(self) -> Mapping[str, object]:
        """Return the JSON object in `request`. Raises RequestInvalid when it is none, RecipientsInvalid without it."""
        if self._request is None:
            raise RecipientsInvalid('The part "request" is missing: it names the recipients.')
        return json_object(bytes(self._request), 'The part "request"')

    def _take(self, events: list[PartBegan | PartData | PartEnded]) -> None:
        for event in events:
            match event:
                case PartBegan():
                    self._begin(event)
                case PartData():
                    self._data(event.data)
                case PartEnded():
                    self._finish()

    def _begin(self, part: PartBegan) -> None:
        word, given = parameters(part.headers.get("content-disposition", ""))
        if word != "form-data":
            raise RequestInvalid("A part of the multipart body has no 'Content-Disposition: form-data' header.")
        encoding = part.headers.get("content-transfer-encoding", "").lower()
        if encoding not in _AS_IT_IS:
            # Taken as it is, base64 would pass for a text file and be faxed as such (RFC 7578 4.7 deprecates it).
            raise RequestInvalid("Parts must be sent as they are, without a Content-Transfer-Encoding.")
        name, called = given.get("name", ""), file_name(given)
        self._in_request = name == "request" and self._request is None
        is_file = not self._in_request and (called is not None or name in ("files", "files[]"))
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooManyFiles("There are too many files.") if is_file else RequestInvalid("There are too many parts.")
        if self._in_request:
            self._request = bytearray()
        elif name == "request" and called is None:
            raise RequestInvalid('There are two parts named "request".')
        elif is_file:
            self._name = called
            path = self._stage()
            self._staged.append(path)
            self._file = _or_unavailable(lambda: path.open("wb"))
        elif self._keep_fields:
            self._field = name, bytearray()

    def _data(self, data: bytes) -> None:
        if self._in_request and self._request is not None:
            if len(self._request) + len(data) > MAX_REQUEST_BYTES:
                raise RecipientsInvalid(f'The part "request" is longer than {MAX_REQUEST_BYTES} bytes.')
            self._request += data
        elif self._file is not None:
            file = self._file
            _or_unavailable(lambda: file.write(data))
        elif self._field is not None:
            self._field_bytes += len(data)
            if self._field_bytes > MAX_REQUEST_BYTES:
                raise TooLarge(f"What is filled in is longer than {MAX_REQUEST_BYTES} bytes.")
            self._field[1].extend(data)

    def _finish(self) -> None:
        self._in_request = False
        if self._field is not None:
            self.fields.append((self._field[0], self._field[1].decode(errors="replace")))
            self._field = None
        if self._file is None:
            return
        file, self._file = self._file, None
        size = file.tell()
        _or_unavailable(file.close)
        if size or self._name:  # a form's file field that nobody filled has neither name nor content
            name = display_name(self._name, len(self.uploads) + 1)
            self.uploads.append(Upload(name, self._staged[-1], size))


def _or_unavailable(write: Callable[[], T]) -> T:
    try:
        return write()
    except OSError as error:
        raise Unavailable("There is no room for the files now.") from error


def boundary_of(request: Request) -> bytes:
    """Return the boundary of a multipart request. Raises RequestInvalid."""
    raw = next((value for name, value in request.headers.raw if name == b"content-type"), b"")
    kind, given = parameters(text_of(raw))
    if kind != "multipart/form-data":
        raise RequestInvalid("The body must be multipart/form-data, with the files and a part named 'request'.")
    boundary = given.get("boundary", "")
    if not boundary:
        raise RequestInvalid("The Content-Type names no boundary.")
    return boundary.encode()


@asynccontextmanager
async def reading(
    request: Request,
    limit_bytes: int,
    silence_seconds: float,
    stage: Callable[[], Path],
    discard: Callable[[Path], None],
    *,
    keep_fields: bool = False,
) -> AsyncIterator[Form]:
    """Read the whole body into staged files, and forget those that were not kept.

    Raises Refused as soon as the body is known to be wrong, and as `body_of` does.
    """
    form = Form(boundary_of(request), stage, keep_fields=keep_fields)
    try:
        async for data in body_of(request, limit_bytes, silence_seconds):
            await run_in_threadpool(form.receive, data)
        await run_in_threadpool(form.end)
        yield form
    finally:
        for path in form.close():
            discard(path)
