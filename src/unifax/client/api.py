"""The API as one App sees it: addresses, tokens, pages of collections. What there is to ask stands beside it.

Knows no socket and no clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

from unifax.client.bodies import form_body, json_body
from unifax.client.errors import ApiError
from unifax.client.shapes import AccessToken, Page, Shape
from unifax.client.steps import Answer, Listen, Plan, Request, Save, Seen, Send, Showing, patiently, read

S = TypeVar("S", bound=Shape)

MARGIN_SECONDS = 300.0
"A token is renewed so long before it ends."
PATIENCE_SECONDS = 10.0
PAGE = 100
"Entries of a page when all are gone through."


@dataclass(frozen=True, slots=True)
class App:
    """An App that gets itself tokens (OAuth client_credentials): it must be a trusted one."""

    key: str
    secret: str = field(repr=False)


@dataclass(slots=True)
class Api:
    """The API as one App sees it, from one extension."""

    access: str | App
    "A token, or the App that gets itself one."
    extension: str
    user: str
    patience_seconds: float
    "How long a request that may be asked again is asked again, in all."
    clock: Callable[[], float]
    "Seconds; never goes back."
    new_key: Callable[[], str]
    "A word that was never used before."
    entries_a_page: int = PAGE
    _token: str | None = None
    _renew_at: float = 0.0

    def path(self, service: str, *below: str) -> str:
        """Return an address of a service of the UnifiedAPI, for this user and extension."""
        parts = (service, self.user, self.extension, *below)
        return "/uapi/" + "/".join(quote(part, safe="@*") for part in parts)

    def entries(self, shape: type[Page[S]], path: str, query: Mapping[str, str]) -> Showing[S]:
        """Show every entry of a collection, page by page."""
        answer = yield from self.get(path, {"count": str(self.entries_a_page), **query})
        while True:
            page = read(shape, answer)
            for entry in page.entry:
                yield Seen(entry)
            if page.paging.next is None:
                return
            following = urlsplit(page.paging.next)  # our own service's, whatever name it believes to have
            answer = yield from self.get(f"{following.path}?{following.query}")

    def get(self, target: str, query: Mapping[str, str] | None = None) -> Plan[Answer]:
        return (yield from self.ask(Send(Request("GET", target, query or {}, repeatable=True))))

    def save(self, target: str, file: Path) -> Plan[None]:
        """Save what is at an address in a file, which is there only when it is whole. Raises OSError."""
        yield from self.ask(Save(Request("GET", target, repeatable=True), file))

    def post(self, target: str, asked: Mapping[str, object] | None, *, repeatable: bool = False) -> Plan[Answer]:
        """Post JSON, or nothing."""
        return (yield from self.change("POST", target, asked, repeatable=repeatable))

    def change(
        self, method: str, target: str, asked: Mapping[str, object] | None, *, repeatable: bool = False
    ) -> Plan[Answer]:
        """Ask for a change: PUT, PATCH, POST or DELETE, with JSON or without a body."""
        headers = {} if asked is None else {"content-type": "application/json"}
        body = () if asked is None else json_body(asked)
        return (yield from self.ask(Send(Request(method, target, {}, headers, body, repeatable))))

    def ask(self, step: Send | Save | Listen) -> Plan[Answer]:
        """Take a step with our token; with a new one once, should the service not know it any more.

        Raises ApiError, Unreachable or Misunderstood.
        """
        try:
            return (yield from self._ask(step))
        except ApiError as error:
            if error.status != 401 or self._token is None:
                raise
            self._token = None
        return (yield from self._ask(step))

    def _ask(self, step: Send | Save | Listen) -> Plan[Answer]:
        token = yield from self._current_token()
        request = replace(step.request, headers={**step.request.headers, "authorization": f"Bearer {token}"})
        return (yield from patiently(replace(step, request=request), self.patience_seconds))

    def _current_token(self) -> Plan[str]:
        if isinstance(self.access, str):
            return self.access
        if self._token is None or self.clock() >= self._renew_at:
            asked = self.clock()
            credentials = {"client_id": self.access.key, "client_secret": self.access.secret}
            body = form_body({"grant_type": "client_credentials", **credentials})
            headers = {"content-type": "application/x-www-form-urlencoded"}
            request = Request("POST", "/oauth/token.php", {}, headers, body, repeatable=True)
            granted = read(AccessToken, (yield from patiently(Send(request), self.patience_seconds)))
            self._token = granted.access_token
            self._renew_at = asked + max(granted.expires_in - MARGIN_SECONDS, granted.expires_in / 2)
        return self._token
