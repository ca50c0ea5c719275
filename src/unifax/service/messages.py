"""What a hook is sent: an event as an HTTP request, signed. Knows no sockets, and not what becomes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from unifax.model.event import Event, EventKind
from unifax.model.hook import Due, HookMethod, HookUrl
from unifax.service.signing import HookKeys

USER_AGENT = "Unifax-Hooks/1"

TYPE_NAMES: Mapping[EventKind, str] = {
    EventKind.FAX: "fax.changed",
    EventKind.RECIPIENT: "recipient.changed",
    EventKind.RECEIVED: "fax.received",
}
"What Standard Webhooks calls `type`."

_PARAMETERS: Mapping[EventKind, Mapping[str, str]] = {
    EventKind.FAX: {"uid": "FaxUID", "state": "FaxState", "pages": "Pages"},
    EventKind.RECIPIENT: {
        "uid": "FaxUID",
        "recipient": "Recipient",
        "state": "RecipientState",
        "reason": "Reason",
        "decision": "Decision",
        "pagesConfirmed": "PagesConfirmed",
        "pages": "Pages",
    },
    EventKind.RECEIVED: {"sender": "Sender", "pages": "Pages", "complete": "Complete"},
}
"An event's facts as VoipNow would name them: UpperCamel, as `CallID` and `CalledExtension` of its Call Events."


@dataclass(frozen=True, slots=True)
class Message:
    """One request to a hook's receiver, ready to be sent."""

    method: str
    url: HookUrl
    target: str
    "Path and query."
    headers: Mapping[str, str]
    body: bytes


def message_of(due: Due, keys: HookKeys, now: datetime) -> Message:
    """Return the request that tells an event.

    `webhook-id` is the event's own, so that a receiver can drop what it has heard before. The signature is over the
    body; over the query, as it is sent, where there is no body.
    """
    hook, event = due.hook, due.event
    target, body, kind = hook.url.target, "", None
    match hook.method:
        case HookMethod.GET:
            target += ("&" if "?" in target else "?") + _form(parameters(event))
        case HookMethod.POST:
            body, kind = _form(parameters(event)), "application/x-www-form-urlencoded"
        case HookMethod.JSON:
            body, kind = json_body(event), "application/json"
    message_id = f"evt_{event.id}"
    signed = body or target.partition("?")[2]
    headers = {
        "Host": hook.url.authority,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": keys.sign(hook, message_id, now, signed),
    }
    if kind is not None:
        headers |= {"Content-Type": kind, "Content-Length": str(len(body))}
    return Message("GET" if kind is None else "POST", hook.url, target, headers, body.encode("ascii"))


def _form(given: Mapping[str, str | int | bool]) -> str:
    """Return parameters as a form writes them; yes and no as JSON does."""
    return urlencode({name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()})


def parameters(event: Event) -> Mapping[str, str | int | bool]:
    """Return an event as parameters of a form. What has no value is left out. Ids are strings, as in the API."""
    names = _PARAMETERS[event.kind]
    given: dict[str, str | int | bool | None] = {
        "EventID": str(event.id),
        "EventTime": _written(event.at),
        "Extension": event.extension,
        "FaxID": None if event.fax_id is None else str(event.fax_id),
        "InboxID": None if event.inbox_id is None else str(event.inbox_id),
        **{name: event.facts.get(fact) for fact, name in names.items()},
    }
    return {name: value for name, value in given.items() if value is not None}


def json_body(event: Event) -> str:
    """Return an event in the shape of Standard Webhooks: the same parameters, in camelCase."""
    data = {_camel(name): value for name, value in parameters(event).items() if name != "EventTime"}
    return json.dumps({"type": TYPE_NAMES[event.kind], "timestamp": _written(event.at), "data": data})


def _camel(name: str) -> str:
    """`FaxUID` is `faxUid`, as the API writes it."""
    name = name.replace("UID", "Uid").replace("ID", "Id")
    return name[0].lower() + name[1:]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
