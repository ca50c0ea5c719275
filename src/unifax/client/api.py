"""The calls there are: what is asked, and how its answer is read. Each is a plan; knows no socket and no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

from unifax.client.bodies import form_body, json_body, multipart_body
from unifax.client.errors import ApiError
from unifax.client.shapes import Accepted, AccessToken, Fax, Page, Shape
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


@dataclass(frozen=True, slots=True)
class Terms:
    """When a fax is sent, and how urgently."""

    send_after: datetime | None = None
    give_up_at: datetime | None = None
    priority: str | None = None
    "urgent, normal or low."

    def members(self) -> dict[str, object]:
        """Return what stands for them in the JSON of a request."""
        members = {"sendAfter": _moment(self.send_after), "giveUpAt": _moment(self.give_up_at)}
        return {name: value for name, value in {**members, "priority": self.priority}.items() if value is not None}


WHENEVER = Terms()


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
    _token: str | None = None
    _renew_at: float = 0.0

    def send(self, files: Sequence[Path], recipients: Sequence[str], terms: Terms, key: str | None) -> Plan[Accepted]:
        """Send files, v3.0: in one request. Raises OSError for a file that cannot be read."""
        asked = {"recipients": list(recipients), **terms.members()}
        boundary = f"unifax-{self.new_key()}"
        body = multipart_body(boundary, files, asked)
        return (yield from self._accepted(f"multipart/form-data; boundary={boundary}", body, key))

    def send_bytes(self, body: bytes, content_type: str, key: str | None = None) -> Plan[Accepted]:
        """Send a body exactly as given."""
        return (yield from self._accepted(content_type, (body,), key))

    def fax(self, fax_id: str) -> Plan[Fax]:
        return read(Fax, (yield from self.get(self.fax_path(fax_id))))

    def cancel(self, fax_id: str) -> Plan[Fax]:
        # To cancel what is cancelled changes nothing, so no harm is done by asking twice.
        return read(Fax, (yield from self.post(self.fax_path(fax_id, "cancel"), None, repeatable=True)))

    def resend(self, fax_id: str, recipients: Sequence[str], uncertain: bool, terms: Terms) -> Plan[Fax]:
        asked: dict[str, object] = terms.members()
        if recipients:
            asked["recipients"] = list(recipients)
        if uncertain:
            asked["uncertain"] = True
        return read(Fax, (yield from self.post(self.fax_path(fax_id, "resend"), asked)))

    def fax_path(self, *below: str) -> str:
        """Return the address of a fax, or of something of it."""
        return self.path("faxes", *below)

    def path(self, service: str, *below: str) -> str:
        """Return an address of a service of the UnifiedAPI, for this user and extension."""
        parts = (service, self.user, self.extension, *below)
        return "/uapi/" + "/".join(quote(part, safe="@*") for part in parts)

    def entries(self, shape: type[Page[S]], path: str, query: Mapping[str, str]) -> Showing[S]:
        """Show every entry of a collection, page by page."""
        answer = yield from self.get(path, {"count": str(PAGE), **query})
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

    def _accepted(self, content_type: str, body: Sequence[bytes | Path], key: str | None) -> Plan[Accepted]:
        """Post a fax under a key of its own: an answer that was lost is asked for again, and nothing is sent twice."""
        headers = {"content-type": content_type, "idempotency-key": key or self.new_key()}
        request = Request("POST", self.fax_path(), {}, headers, body, repeatable=True)
        answer = yield from self.ask(Send(request))
        if answer.status == 204:
            raise ApiError(204, "nothing_to_send", "there is nothing to send")
        return read(Accepted, answer)


def _moment(moment: datetime | None) -> str | None:
    """Return a moment as XML Schema's dateTime, in UTC."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
