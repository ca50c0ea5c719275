"""A browser in small: it keeps cookies, reads the forms of a page, and fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from tests.web.uapi.bodies import Given
from tests.world import World
from unifax.web.browser import proof_of


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert given["method"] in ("post", "get")
            self.forms.append(Form(given["action"], given["method"]))
        elif tag == "input" and self.forms and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1].fields[given["name"]] = given.get("value", "")


@dataclass
class Browser:
    """One browser, at one address of the site."""

    world: World
    origin: str = "https://fax.example"
    cookies: dict[str, str] = field(default_factory=dict)
    page: httpx.Response = field(init=False)

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path, {"Sec-Fetch-Site": "none"})

    def form(self, action: str) -> Form:
        """Return the page's form that leads there, and changes something."""
        reader = _Forms()
        reader.feed(self.page.text)
        return next(form for form in reader.forms if (form.action, form.method) == (action, "post"))

    def submit(self, action: str, headers: dict[str, str] | None = None, **filled: str) -> httpx.Response:
        """Fill in a form of the page, and send it as browsers do."""
        said = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        return self._ask("POST", action, said, self.form(action).fields | filled)

    def upload(self, action: str, files: Given, **filled: str | list[str]) -> httpx.Response:
        """Fill in a form of the page that takes files, and send it."""
        said = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", action, said, self.form(action).fields | filled, files)

    def send_files(
        self, action: str, fields: Mapping[str, str | list[str]], files: Given, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send fields and files, from a page that was left already."""
        return self._ask("POST", action, headers or {}, fields, files)

    def follow(self) -> httpx.Response:
        """Go where the last answer sends us, on this site."""
        assert self.page.status_code == 303
        return self.get(self.page.headers["location"])

    def sign_in(self, login: str, password: str) -> httpx.Response:
        """Sign in with the form of the page."""
        return self.submit("/sign-in", login=login, password=password)

    def proven(self) -> dict[str, str]:
        """Return the field by which a form of ours proves itself, in this browser."""
        return {"proof": proof_of(self.cookies["__Host-unifax"])}

    def send(self, action: str, fields: dict[str, str]) -> httpx.Response:
        """Send a form that no page of ours has made, as a program does that has our cookie."""
        return self._ask("POST", action, {}, fields)

    def _ask(
        self,
        method: str,
        path: str,
        said: dict[str, str],
        fields: Mapping[str, str | list[str]] | None = None,
        files: Given = (),
    ) -> httpx.Response:
        url = urljoin(self.origin, path)
        assert url.startswith(self.origin + "/")

        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {} if fields is None else {"data": fields} | ({"files": files} if files else {})
        self.page = self.world.ask(method, url, None, headers=said | ({"Cookie": cookie} if cookie else {}), **more)
        self.cookies |= dict(self.page.cookies)
        return self.page
