"""HTTP requests to addresses that strangers have named: sent to what was checked, within bounds. Knows no events.

A name is resolved once; what it resolves to is checked, and exactly that is connected to, so that an answer of the DNS
which changes meanwhile changes nothing. Redirects are not followed, the environment's proxies not used.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpcore

from unifax.model.hook import Answer
from unifax.model.reach import Network, ip_address_of, may_reach
from unifax.service.messages import Message

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
"Of one request, from the look-up of the name to the end of the answer. Standard Webhooks advises 15 to 30."
READ_BYTES = 64 * 1024
"Of an answer's body. Nobody looks at it: it is read so that the receiver can finish what it says."
ADDRESSES_TRIED = 3
"Of one name, one after the other."
LOOKUPS_AT_ONCE = 32
"In threads of their own: a look-up that hangs must not hold up other work."

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"Returns the IP addresses of a name, for a port. Raises OSError."

_TOO_LATE = "it did not answer in time"
_TROUBLE = (
    (httpcore.ConnectTimeout, "it could not be reached in time"),
    (httpcore.ConnectError, "it could not be reached"),
    (httpcore.NetworkError, "the connection broke off"),
    (httpcore.ProtocolError, "its answer is not HTTP"),
)


class NotReached(httpcore.ConnectError):
    """We do not even try to connect; `str()` says why."""


class Outward:
    """Sends requests out."""

    def __init__(
        self,
        allowed: Sequence[Network],
        clock: Callable[[], datetime],
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        """`allowed` are networks that may be reached though they are not public."""
        self._clock = clock
        self._whole_seconds = whole_seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or _tls(),
            network_backend=_Checked(allowed, resolve or _Resolver()),
            max_connections=None,
            max_keepalive_connections=0,
        )

    async def send(self, message: Message) -> Answer:
        """Send a request and return what came of it: the status, or in a few words why there is none."""
        url = message.url
        answer: Answer | None = None
        try:
            async with (
                asyncio.timeout(self._whole_seconds),
                self._pool.stream(
                    message.method,
                    httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=message.target),
                    headers=list(message.headers.items()),
                    content=message.body,
                    extensions={"timeout": {"connect": CONNECT_SECONDS}},
                ) as response,
            ):
                answer = self._answer(response)
                await _read_some(response)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            # Once there is a status, how the body ends changes nothing.
            return answer or Answer(None, _trouble(error))
        return answer

    def _answer(self, response: httpcore.Response) -> Answer:
        status = response.status
        answer = Answer(status)
        if answer.is_told:
            return answer
        trouble = "it answers with a redirect, which is not followed" if 300 <= status < 400 else f"it answers {status}"
        return Answer(status, trouble, retry_after_seconds(response.headers, self._clock()))


def retry_after_seconds(headers: Iterable[tuple[bytes, bytes]], now: datetime) -> float | None:
    """Return what `Retry-After` asks for (RFC 9110 10.2.3: seconds, or a date), or None."""
    text = next((value for name, value in headers if name.lower() == b"retry-after"), b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        return None
    return max(0.0, (date - now).total_seconds())


async def _read_some(response: httpcore.Response) -> None:
    read = 0
    async for data in response.aiter_stream():
        read += len(data)
        if read >= READ_BYTES:
            return


def _trouble(error: Exception) -> str:
    if isinstance(error, NotReached):
        return str(error)
    under: BaseException | None = error
    while under is not None:  # what TLS says lies below others' words for it
        if isinstance(under, ssl.SSLCertVerificationError):
            return f"its certificate does not hold: {under.verify_message}"
        if isinstance(under, ssl.SSLError):
            return "TLS could not be agreed on"
        under = under.__cause__ or under.__context__
    return next((text for kind, text in _TROUBLE if isinstance(error, kind)), _TOO_LATE)


def _tls() -> ssl.SSLContext:
    """Trust the authorities that everybody does, and those that this machine does besides."""
    context = httpcore.default_ssl_context()
    context.load_default_certs()
    return context


class _Resolver:
    """The system's resolver."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(address[0]) for _, _, _, _, address in found]


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to where we may go only."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # this is how httpcore calls it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = (await self._addresses(host, port))[:ADDRESSES_TRIED]
                share = None if timeout is None else timeout / len(addresses)
                for address in addresses[:-1]:
                    with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                        return await self._plain.connect_tcp(address, port, share)
                return await self._plain.connect_tcp(addresses[-1], port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Return where a request may go. Raises NotReached when that is nowhere."""
        if ip_address_of(host) is not None:
            found: Sequence[str] = [host]
        else:
            try:
                found = await self._resolve(host, port)
            except (OSError, UnicodeError) as error:
                raise NotReached("its name is not known") from error
        allowed = []
        for text in found:
            address = ip_address_of(text)
            if address is not None and may_reach(address, self._allowed):
                allowed.append(str(address))
        if not allowed:
            raise NotReached("its address is not public, and not among those that hooks may reach")
        return allowed
