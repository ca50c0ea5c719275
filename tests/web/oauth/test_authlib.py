"""An App that somebody else has written, Authlib's, gets its tokens from us over HTTP."""

import importlib
import warnings
from collections.abc import Mapping
from typing import Protocol, cast

import httpx
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # type: ignore[import-untyped]  # it has no types

from tests.web.browser import Browser
from tests.web.oauth.test_people import BACK, PASSWORD, let_in
from tests.world import World

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
FAX = "https://fax.example/uapi/faxes/@me/0003*210/1"


class App(Protocol):
    """What we use of Authlib's client."""

    async def fetch_token(self, url: str, **more: str) -> Mapping[str, str]: ...
    async def refresh_token(self, url: str) -> Mapping[str, str]: ...
    async def revoke_token(self, url: str, token: str) -> httpx.Response: ...
    async def get(self, url: str) -> httpx.Response: ...
    def create_authorization_url(self, url: str, *, code_verifier: str) -> tuple[str, str]: ...


def an_app(world: World) -> App:
    with warnings.catch_warnings(action="ignore"):  # it would rather have a successor of httpx, which is not there yet
        client = importlib.import_module("authlib.integrations.httpx_client").AsyncOAuth2Client
    transport = httpx.ASGITransport(world.site())
    made = client("key-alice", "secret-alice", redirect_uri=BACK, code_challenge_method="S256", transport=transport)
    return cast(App, made)


def test_it_is_let_in_by_a_person_comes_again_and_leaves(world: World) -> None:
    let_in(world)
    browser, app = Browser(world), an_app(world)
    server = browser.get("/.well-known/oauth-authorization-server").json()
    AuthorizationServerMetadata(server).validate()
    address, state = app.create_authorization_url(server["authorization_endpoint"], code_verifier=VERIFIER)
    browser.get(address)
    browser.sign_in("bob", PASSWORD)
    browser.follow()
    browser.submit("/oauth/consent", answer="yes")
    back = browser.page.headers["location"]

    async def talk() -> list[int]:
        await app.fetch_token(
            server["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER
        )
        statuses = [(await app.get(FAX)).status_code]
        token = await app.refresh_token(server["token_endpoint"])
        statuses.append((await app.get(FAX)).status_code)
        await app.revoke_token(server["revocation_endpoint"], token["refresh_token"])
        return [*statuses, (await app.get(FAX)).status_code]

    assert world.run(talk()) == [404, 404, 401]


def test_it_is_trusted(world: World) -> None:
    app = an_app(world)

    async def talk() -> int:
        await app.fetch_token("https://fax.example/oauth/token.php", grant_type="client_credentials")
        return (await app.get(FAX)).status_code

    assert world.run(talk()) == 404
