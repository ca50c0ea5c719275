"""Tokens for Apps: what each known client sends, byte for byte, and what everybody gets who may not have one."""

import base64
import json
import re
from datetime import timedelta

import pytest

from tests.web.loopback import Answer, exchange, post
from tests.world import NOW, World
from unifax.service import consenting
from unifax.service.rates import Quotas, Rates
from unifax.store import accounts, tokens

TOKEN, REVOKE = "/oauth/token.php", "/oauth/revoke.php"
FORM = "Content-Type: application/x-www-form-urlencoded"
CURL = "------------------------d74496d66958873e"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"RFC 7636, Appendix B."

ODD_KEY, ODD_SECRET = "5~2wKMPg9h~GExN3s01-7wX2XmLI_Xbz", "s3~cret.of-an_old~App"
"Characters as in the documents' own sample."


def exchanged(world: World, headers: str, body: str | bytes, path: str = TOKEN) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return world.run(exchange(world.site(), post(path, headers, raw)))


def asked(world: World, path: str = TOKEN, **fields: str) -> tuple[int, dict[str, object]]:
    answer = world.ask("POST", path, data=fields)
    return answer.status_code, answer.json() if answer.content else {}


def by_trust(who: str = "bob") -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_id": f"key-{who}", "client_secret": f"secret-{who}"}


def by_code(code: str, who: str = "alice", **more: str) -> dict[str, str]:
    return by_trust(who) | {"grant_type": "authorization_code", "code": code} | more


def again(token: object, who: str = "alice") -> dict[str, str]:
    return by_trust(who) | {"grant_type": "refresh_token", "refresh_token": str(token)}


def a_code(world: World, redirect_uri: str = "https://app.example/back", challenge: str | None = None) -> str:
    """Bob lets Alice's App in."""
    client = world.db.read(tokens.client_of_key, "key-alice")
    assert client is not None
    request = consenting.Asked(client, redirect_uri, redirect_uri, None, challenge)
    code = world.db.write(consenting.consent, world.bob.viewer, request, NOW)
    assert code is not None
    return code


def opens(world: World, token: object) -> int:
    """Return whose account a token opens, or 0."""
    viewer = world.db.read(tokens.viewer_of_token, str(token), NOW)
    return 0 if viewer is None else viewer.account_id


def test_the_vendors_mcp_server_gets_a_token_that_it_accepts(world: World) -> None:
    headers = f"{FORM}\nUser-Agent: VoipNow Calls MCP/5.7.0\naccept: */*"
    body = (
        "client_id=key-bob&client_secret=secret-bob&grant_type=client_credentials&type=unifiedapi"
        "&redirect_uri=https%3A%2F%2Ffax.example%2Fouath%2Ftoken.php"
    )
    answer = exchanged(world, headers, body)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    told = json.loads(answer.body)
    assert set(told) == {"access_token", "token_type", "expires_in"}
    assert re.fullmatch(r"[A-Za-z0-9_\-.]{10,}", told["access_token"])
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    assert opens(world, told["access_token"]) == world.bob.id


def test_click2fax_gets_a_token_with_its_values_percent_encoded_in_multipart(world: World) -> None:
    kept = accounts.digest(ODD_SECRET)
    world.execute(f"UPDATE apps SET key = '{ODD_KEY}', secret_sha256 = '{kept}' WHERE key = 'key-bob'")
    fields = {
        "grant_type": "client_credentials",
        "redirect_uri": "/click2fax/sendFax.php",
        "client_id": ODD_KEY.replace("~", "%7E"),
        "client_secret": ODD_SECRET.replace("~", "%7E"),
        "state": "0",
    }
    head = f"--{CURL}\r\nContent-Disposition: form-data; name="
    parts = (f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    headers = f"Accept: */*\nContent-Type: multipart/form-data; boundary={CURL}\nExpect:"
    answer = exchanged(world, headers, "".join(parts) + f"--{CURL}--\r\n")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert opens(world, json.loads(answer.body)["access_token"]) == world.bob.id


def test_a_net2phone_client_gets_a_token_by_json(world: World) -> None:
    body = json.dumps({"grant_type": "client_credentials", "client_id": "key-bob", "client_secret": "secret-bob"})
    answer = exchanged(world, "Content-Type: application/json;charset=UTF-8", body)
    assert (answer.status, opens(world, json.loads(answer.body)["access_token"])) == (200, world.bob.id)


@pytest.mark.parametrize(
    "extra", ["", "&redirect_uri=%2Fdemo.php&state=0", "&state=ObtainToken", "&redirect_uri=https%3A%2F%2Fx.example"]
)
def test_the_demo_apps_laravel_and_telphin_get_a_token(world: World, extra: str) -> None:
    body = f"grant_type=client_credentials&client_id=key-bob&client_secret=secret-bob{extra}"
    assert exchanged(world, FORM, body).status == 200


def test_a_java_client_exchanges_its_code(world: World) -> None:
    body = (
        f"grant_type=authorization_code&code={a_code(world)}&redirect_uri=https%3A%2F%2Fapp.example%2Fback"
        "&client_id=key-alice&client_secret=secret-alice"
    )
    told = json.loads(exchanged(world, FORM, body).body)
    assert set(told) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert opens(world, told["access_token"]) == world.bob.id


@pytest.mark.parametrize("secret", ["secret-bob", "secret%2Dbob"])
def test_an_app_may_show_who_it_is_by_http_basic(world: World, secret: str) -> None:
    shown = base64.b64encode(f"key-bob:{secret}".encode()).decode()
    answer = exchanged(world, f"{FORM}\nAuthorization: Basic {shown}", "grant_type=client_credentials")
    assert answer.status == 200


def test_who_shows_itself_twice_is_refused(world: World) -> None:
    shown = base64.b64encode(b"key-bob:secret-bob").decode()
    for body in ("client_secret=secret-bob", "client_id=key-alice"):
        answer = exchanged(world, f"{FORM}\nAuthorization: Basic {shown}", f"grant_type=client_credentials&{body}")
        assert (answer.status, json.loads(answer.body)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_secret": "secret-alice"},
        {"client_id": "key-nobody"},
        {"client_secret": ""},
        {"client_id": ""},
        {"client_secret": "secret%252Dbob"},
    ],
)
def test_who_does_not_know_the_secret_is_invalid_client(refusing: World, wrong: dict[str, str]) -> None:
    answer = refusing.ask("POST", TOKEN, data=by_trust() | wrong)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"] == 'Basic realm="unifax"'
    assert isinstance(answer.json()["error_description"], str)


def test_an_app_or_an_account_that_is_disabled_gets_nothing(world: World) -> None:
    world.execute("UPDATE accounts SET enabled = 0 WHERE name = 'alice'")
    assert asked(world, **by_trust())[1]["error"] == "invalid_client"
    world.execute("UPDATE apps SET enabled = 0 WHERE key = 'key-charlie'")
    assert asked(world, **by_trust("charlie"))[1]["error"] == "invalid_client"


def test_an_app_that_is_not_trusted_needs_consent(world: World) -> None:
    world.execute("UPDATE apps SET trusted = 0 WHERE key = 'key-bob'")
    status, told = asked(world, **by_trust())
    assert (status, told["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "guess"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "guess"}, "invalid_grant"),
    ],
)
def test_what_cannot_be_granted_is_told_flat(refusing: World, fields: dict[str, str], error: str) -> None:
    status, told = asked(refusing, **by_trust() | fields)
    assert (status, told["error"]) == (400, error)
    assert set(told) == {"error", "error_description"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Type: text/xml", "<x/>", 400),
        ("Content-Type: application/json", "{", 400),
        ("Content-Type: application/json", "[]", 400),
        ("Content-Type: multipart/form-data", "x", 400),
        ("Content-Type: multipart/form-data; boundary=x", "--y", 400),
        (FORM, "grant_type=a&grant_type=b", 400),
        (FORM, "&".join(f"p{at}=1" for at in range(101)), 400),
        (FORM, "grant_type=" + "x" * 65536, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_told_flat(refusing: World, headers: str, body: str, status: int) -> None:
    answer = exchanged(refusing, headers, body)
    assert (answer.status, json.loads(answer.body)["error"]) == (status, "invalid_request")


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_whoever_does_not_post_is_told_so_in_json(refusing: World, path: str, method: str) -> None:
    answer = refusing.ask(method, path)
    assert (answer.status_code, answer.json()["error"], answer.headers["allow"]) == (
        405,
        "invalid_request",
        "OPTIONS, POST",
    )


def test_a_code_is_good_once_and_only_with_its_address(world: World) -> None:
    code = a_code(world)
    status, told = asked(world, **by_code(code, redirect_uri="https://app.example/back"))
    assert (status, opens(world, told["access_token"])) == (200, world.bob.id)
    status, refused = asked(world, **by_code(code, redirect_uri="https://app.example/back"))
    assert (status, refused["error"]) == (400, "invalid_grant")
    assert opens(world, told["access_token"]) == 0  # somebody else has the code, too
    assert asked(world, **again(told["refresh_token"]))[1]["error"] == "invalid_grant"
    for address in ({"redirect_uri": "https://app.example/back/"}, {}):
        assert asked(world, **by_code(a_code(world), **address))[1]["error"] == "invalid_grant"


def test_a_code_asked_for_without_an_address_needs_none(world: World) -> None:
    assert asked(world, **by_code(a_code(world, redirect_uri="")))[0] == 200


@pytest.mark.parametrize(
    ("challenge", "verifier", "status"),
    [
        (CHALLENGE, VERIFIER, 200),
        (CHALLENGE, VERIFIER[:-1] + "x", 400),
        (CHALLENGE, CHALLENGE, 400),
        (CHALLENGE, "é", 400),
        (CHALLENGE, None, 400),
        (None, VERIFIER, 400),
        (None, None, 200),
    ],
)
def test_the_verifier_must_belong_to_the_challenge(
    world: World, challenge: str | None, verifier: str | None, status: int
) -> None:
    proof = {} if verifier is None else {"code_verifier": verifier}
    assert asked(world, **by_code(a_code(world, "", challenge), **proof))[0] == status


def test_a_refresh_token_is_changed_each_time_and_a_used_one_ends_them_all(world: World) -> None:
    _, first = asked(world, **by_code(a_code(world, "")))
    status, second = asked(world, **again(first["refresh_token"]))
    assert (status, set(second)) == (200, {"access_token", "token_type", "expires_in", "refresh_token"})
    assert second["refresh_token"] != first["refresh_token"]
    assert opens(world, second["access_token"]) == world.bob.id
    status, refused = asked(world, **again(first["refresh_token"]))
    assert (status, refused["error"]) == (400, "invalid_grant")
    assert opens(world, second["access_token"]) == 0
    assert asked(world, **again(second["refresh_token"]))[0] == 400


def test_an_access_token_refreshes_nothing(world: World) -> None:
    assert asked(world, **again(world.alice.token))[1]["error"] == "invalid_grant"


def test_charlies_app_can_do_nothing_with_what_is_alices(world: World) -> None:
    code = a_code(world, "")
    assert asked(world, **by_code(code, "charlie"))[1]["error"] == "invalid_grant"
    _, told = asked(world, **by_code(code))
    assert asked(world, **again(told["refresh_token"], "charlie"))[1]["error"] == "invalid_grant"
    for token in (told["access_token"], told["refresh_token"], world.bob.token):
        assert asked(world, REVOKE, token=str(token), **by_trust("charlie")) == (200, {})
    assert opens(world, told["access_token"]) == world.bob.id
    assert asked(world, **again(told["refresh_token"]))[0] == 200
    assert opens(world, world.bob.token) == world.bob.id


def test_a_token_can_be_revoked_twice_and_then_opens_nothing(world: World) -> None:
    _, told = asked(world, **by_code(a_code(world, "")))
    for _ in range(2):
        assert (
            asked(world, REVOKE, token=str(told["refresh_token"]), token_type_hint="x", **by_trust("alice"))[0] == 200
        )
    assert opens(world, told["access_token"]) == 0
    assert asked(world, **again(told["refresh_token"]))[0] == 400
    assert asked(world, REVOKE, **by_trust("alice"))[1]["error"] == "invalid_request"
    assert asked(world, REVOKE, token="x", client_id="key-alice", client_secret="guess")[0] == 401


def test_tokens_and_codes_are_kept_as_hashes_only(world: World) -> None:
    code = a_code(world, "")
    _, told = asked(world, **by_code(code))
    kept = str(world.column("SELECT sha256 || consent FROM tokens UNION SELECT sha256 || consent FROM codes"))
    for secret in (code, told["access_token"], told["refresh_token"]):
        assert str(secret) not in kept


def test_everything_lasts_as_long_as_it_says(world: World) -> None:
    a_code(world)
    asked(world, **by_code(a_code(world, "")))
    kinds = "SELECT DISTINCT kind || ' ' || expires_at FROM tokens WHERE account_id = {} AND consent NOT LIKE '%{}%'"
    ends = set(world.column(kinds.format(world.bob.id, accounts.digest(world.bob.token))))
    month, hour = NOW + timedelta(days=30), NOW + timedelta(hours=1)
    assert ends == {
        f"access {hour.isoformat(timespec='microseconds')}",
        f"refresh {month.isoformat(timespec='microseconds')}",
    }
    soon = NOW + timedelta(minutes=10)
    assert set(world.column("SELECT expires_at FROM codes")) == {soon.isoformat(timespec="microseconds")}


def test_guessing_secrets_is_limited_by_address_and_told_flat(world: World) -> None:
    world.rates = Rates(Quotas(strangers=1), lambda: NOW)
    guess = by_trust() | {"client_secret": "guess"}
    assert asked(world, **guess)[0] == 401
    answer = world.ask("POST", TOKEN, data=guess)
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert asked(world, **by_trust())[0] == 200  # who knows it is not locked out


def test_a_service_without_its_database_says_not_now_flat(world: World) -> None:
    world.execute("ALTER TABLE apps RENAME TO mislaid")
    answer = world.ask("POST", TOKEN, data=by_trust())
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_the_server_says_what_it_can_do(refusing: World) -> None:
    told = refusing.ask("GET", "/.well-known/oauth-authorization-server", headers={"Host": "fax.example"}).json()
    assert told["issuer"] == "http://fax.example"
    assert told["token_endpoint"] == "http://fax.example/oauth/token.php"
    assert told["authorization_endpoint"] == "http://fax.example/oauth/authorize.php"
    assert told["revocation_endpoint"] == "http://fax.example/oauth/revoke.php"
    assert told["code_challenge_methods_supported"] == ["S256"]
