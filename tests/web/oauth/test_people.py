"""People sign in with a browser, and let an App act for them, or not."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.browser import Browser
from tests.world import NOW, World
from unifax.service.rates import Quotas, Rates
from unifax.store import sessions, tokens
from unifax.web.oauth.people import place_here

AUTHORIZE = "/oauth/authorize.php"
BACK = "https://app.example/back?tab=1"
PASSWORD = "one two three four"
KEPT = "$argon2id$v=19$m=19456,t=2,p=1$f1Q8a+Prd8tv5rDiFXarPg$6dLXlGEX7PMGyjpYsAlPmC5v8NKhdqby3Wque5nYd9o"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def browser(world: World) -> Browser:
    """The browser of Bob, or of whoever sits in front of it; all have one password, which is no example to follow."""
    let_in(world)
    return Browser(world)


@pytest.fixture(scope="module")
def stranger(refusing: World) -> Browser:
    """A browser in which nobody ever signs in."""
    let_in(refusing)
    return Browser(refusing)


def let_in(world: World) -> None:
    """Let everybody sign in, and Alice's App have them sent back."""
    world.execute(f"UPDATE accounts SET login = name, password = '{KEPT}'")
    uris = f"{BACK} http://127.0.0.1/cb http://[::1]:1/cb"
    world.execute(f"UPDATE apps SET redirect_uris = '{uris}' WHERE key = 'key-alice'")


def request(**changes: str | None) -> str:
    asked = {"response_type": "code", "client_id": "key-alice", "redirect_uri": BACK, "state": "0123456789abcdef ü"}
    given = {name: value for name, value in (asked | changes).items() if value is not None}
    return f"{AUTHORIZE}?{urlencode(given)}"


def told(browser: Browser) -> dict[str, str]:
    """Return what the App is told by where the browser is sent."""
    assert browser.page.status_code == 303
    return dict(parse_qsl(urlsplit(browser.page.headers["location"]).query))


def asked_for_consent(browser: Browser, who: str = "bob", address: str | None = None) -> None:
    browser.get(address or request())
    browser.sign_in(who, PASSWORD)
    browser.follow()


def test_a_person_lets_an_app_in_and_the_app_gets_a_token(browser: Browser) -> None:
    assert browser.get(request()).status_code == 200
    assert browser.sign_in("bob", PASSWORD).headers["location"].startswith(AUTHORIZE)
    page = browser.follow()
    assert "app of alice" in page.text
    assert "app.example" in page.text
    browser.submit("/oauth/consent", answer="yes")
    assert browser.page.headers["location"].startswith(BACK + "&")
    answer = told(browser)
    assert set(answer) == {"tab", "code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("0123456789abcdef ü", "https://fax.example")
    got = browser.world.ask(
        "POST",
        "/oauth/token.php",
        data={
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": BACK,
            "client_id": "key-alice",
            "client_secret": "secret-alice",
        },
    ).json()
    viewer = browser.world.db.read(tokens.viewer_of_token, got["access_token"], NOW)
    assert viewer is not None
    assert viewer.account_id == browser.world.bob.id


def test_a_person_may_say_no(browser: Browser) -> None:
    asked_for_consent(browser)
    browser.submit("/oauth/consent", answer="no")
    assert told(browser).keys() == {"tab", "error", "state", "iss"}
    assert told(browser)["error"] == "access_denied"
    assert browser.world.column("SELECT sha256 FROM codes") == []


def test_who_has_signed_in_is_asked_at_once(browser: Browser) -> None:
    asked_for_consent(browser)
    assert "Let “app of alice” act for bob?" in browser.get(request()).text


def test_an_app_may_send_somebody_by_post(browser: Browser) -> None:
    browser.send(AUTHORIZE, dict(parse_qsl(urlsplit(request()).query)))
    assert browser.follow().status_code == 200
    assert "Sign in" in browser.page.text


@pytest.mark.parametrize(
    "address",
    [
        request(client_id="nobody"),
        request(client_id=None),
        request() + "&client_id=key-alice",
        request(redirect_uri="https://evil.example/"),
        request(redirect_uri="https://app.example/back"),
        request(redirect_uri="https://app.example/back?tab=1&more=1"),
        request(redirect_uri="https://app.example/back?tab=1#fragment"),
        request(redirect_uri="https://app.example@evil.example/back?tab=1"),
        request(redirect_uri="HTTPS://app.example/back?tab=1"),
        request(redirect_uri="http://127.0.0.1:1@evil.example/cb"),
        request(redirect_uri="http://127.0.0.1:80:80/cb"),
        request(redirect_uri="http://127.0.0.1.evil.example/cb"),
        request(redirect_uri="http://127.0.0.1/cb/.."),
        request(redirect_uri="http://localhost/cb"),
        request(redirect_uri="javascript:alert(1)"),
        request(redirect_uri=None),
        request() + "&redirect_uri=https%3A%2F%2Fevil.example%2F",
        request() + "&x=1" * 100,
        AUTHORIZE,
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_apps(stranger: Browser, address: str) -> None:
    page = stranger.get(address)
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")
    assert "location" not in page.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
    ],
)
def test_an_app_is_told_what_it_asked_wrongly(stranger: Browser, changes: dict[str, str | None], error: str) -> None:
    stranger.get(request(**changes))
    assert (told(stranger)["error"], told(stranger)["state"]) == (error, "0123456789abcdef ü")


def test_an_app_that_says_something_twice_is_told(browser: Browser) -> None:
    browser.get(request() + "&response_type=code")
    assert told(browser)["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (BACK, "https://app.example"),
        ("http://127.0.0.1:50123/cb", "http://127.0.0.1:50123"),
        ("http://127.0.0.1/cb", "http://127.0.0.1"),
        ("http://[::1]:50123/cb", "http:"),
    ],
)
def test_an_app_on_this_machine_may_take_any_port_and_browsers_let_the_form_lead_there(
    browser: Browser, address: str, source: str
) -> None:
    asked_for_consent(browser, address=request(redirect_uri=address))
    assert f"form-action 'self' {source};" in browser.page.headers["content-security-policy"]
    browser.submit("/oauth/consent", answer="yes")
    assert browser.page.headers["location"].startswith(address)


def test_the_only_address_of_an_app_need_not_be_named(browser: Browser) -> None:
    browser.world.execute(f"UPDATE apps SET redirect_uris = '{BACK}' WHERE key = 'key-alice'")
    asked_for_consent(browser, address=request(redirect_uri=None, state=None))
    browser.submit("/oauth/consent", answer="yes")
    assert told(browser).keys() == {"tab", "code", "iss"}
    assert browser.world.column("SELECT redirect_uri FROM codes") == [""]


def test_charlie_cannot_let_in_an_app_of_another_organization(browser: Browser) -> None:
    asked_for_consent(browser, "charlie")
    assert browser.page.status_code == 403
    fields = {"proof": browser.form("/sign-out").fields["proof"], "answer": "yes", "request": urlsplit(request()).query}
    browser.send("/oauth/consent", fields)
    assert told(browser)["error"] == "access_denied"
    assert browser.world.column("SELECT sha256 FROM codes") == []


def test_an_app_of_the_administrator_serves_everybody(browser: Browser) -> None:
    browser.world.execute(f"UPDATE apps SET redirect_uris = '{BACK}' WHERE key = 'key-root'")
    asked_for_consent(browser, "charlie", request(client_id="key-root"))
    assert browser.form("/oauth/consent")


@pytest.mark.parametrize(
    ("login", "password"), [("bob", "wrong"), ("bob", ""), ("nobody", PASSWORD), ("?", PASSWORD), ("", "")]
)
def test_a_wrong_password_and_an_unknown_login_look_alike(stranger: Browser, login: str, password: str) -> None:
    stranger.get("/sign-in")
    page = stranger.sign_in(login, password)
    assert page.status_code == 403
    assert "do not belong together" in page.text
    assert PASSWORD not in page.text
    assert stranger.world.column("SELECT sha256 FROM sessions") == []


def test_a_login_is_read_as_people_type_it(browser: Browser) -> None:
    browser.get("/sign-in")
    assert browser.sign_in(" Bob ", PASSWORD).status_code == 303


def test_signing_in_gives_the_browser_another_secret(browser: Browser) -> None:
    browser.get("/sign-in")
    slipped_in = browser.cookies["__Host-unifax"]
    browser.sign_in("bob", PASSWORD)
    assert browser.cookies["__Host-unifax"] != slipped_in
    assert browser.world.db.read(sessions.person_of_session, slipped_in, NOW) is None
    first = browser.cookies["__Host-unifax"]
    browser.get("/sign-in")
    thief = Browser(browser.world, cookies={"__Host-unifax": first})
    assert "Signed in as bob" in thief.get("/sign-in").text
    browser.submit("/sign-out")
    assert "Signed in as" not in thief.get("/sign-in").text


def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    browser.get("/sign-in")
    form = browser.form("/sign-in")
    browser.sign_in("bob", PASSWORD)
    before = browser.cookies["__Host-unifax"]
    browser.get("/sign-in")
    fields = form.fields | {"login": "beth", "password": PASSWORD, "proof": browser.form("/sign-out").fields["proof"]}
    assert browser.send("/sign-in", fields).status_code == 303
    assert browser.world.db.read(sessions.person_of_session, before, NOW) is None


def test_who_tries_a_login_too_often_is_told_how_long_to_wait(browser: Browser) -> None:
    browser.world.rates = Rates(Quotas(logins=2, strangers=1000), lambda: NOW)
    browser.get("/sign-in")
    assert [browser.sign_in("bob", "guess").status_code for _ in range(3)] == [403, 403, 429]
    assert browser.page.headers["retry-after"] == "30"
    assert "30 seconds" in browser.page.text
    assert browser.sign_in("BOB ", PASSWORD).status_code == 429
    assert browser.sign_in("beth", PASSWORD).status_code == 303


def test_who_tries_many_logins_from_one_address_is_told_too(browser: Browser) -> None:
    browser.world.rates = Rates(Quotas(strangers=2), lambda: NOW)
    browser.get("/sign-in")
    assert [browser.sign_in(f"b{at}", "guess").status_code for at in range(3)] == [403, 403, 429]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://fax.example"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_other_site_can_fill_in_our_forms(browser: Browser, headers: dict[str, str]) -> None:
    browser.get("/sign-in")
    assert browser.submit("/sign-in", headers, login="bob", password=PASSWORD).status_code == 403
    assert browser.world.column("SELECT sha256 FROM sessions") == []


@pytest.mark.parametrize("action", ["/sign-in", "/sign-out", "/oauth/consent"])
def test_a_form_without_its_proof_does_nothing(browser: Browser, action: str) -> None:
    asked_for_consent(browser)
    for proof in ({}, {"proof": ""}, {"proof": "guess"}, {"proof": "ü"}):
        fields = {"answer": "yes", "request": urlsplit(request()).query, "login": "bob", "password": PASSWORD} | proof
        assert browser.send(action, fields).status_code == 403
    assert len(browser.world.column("SELECT sha256 FROM sessions")) == 1
    assert browser.world.column("SELECT sha256 FROM codes") == []


def test_a_form_that_cannot_be_read_is_a_page(browser: Browser) -> None:
    answer = browser.world.ask("POST", "/sign-in", content=b"<x/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    answer = browser.world.ask("POST", AUTHORIZE, content=b"<x/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_consent_after_signing_out_elsewhere_begins_anew(browser: Browser) -> None:
    asked_for_consent(browser)
    browser.world.execute("DELETE FROM sessions")
    browser.submit("/oauth/consent", answer="yes")
    assert browser.page.headers["location"].startswith(AUTHORIZE)
    assert browser.follow().status_code == 200
    assert browser.form("/sign-in")


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "evil",
        "",
        "/a\\b",
    ],
)
def test_signing_in_leads_to_no_other_site(browser: Browser, then: str) -> None:
    browser.get("/sign-in?" + urlencode({"then": then}))
    assert browser.form("/sign-in").fields["then"] == "/"
    browser.submit("/sign-in", login="bob", password=PASSWORD, then=then)
    assert browser.page.headers["location"] == "/"
    browser.get("/sign-in")
    browser.submit("/sign-out", then=then)
    assert browser.page.headers["location"] == "/"


@given(st.text(st.sampled_from("/\\:@.evl\t\n% ?#"), max_size=12))
def test_any_place_is_here(then: str) -> None:
    place = place_here(then)
    assert place.startswith("/")
    assert not re.match(r"/[/\\]", re.sub(r"[\t\r\n]", "", place))  # browsers drop these before they read (WHATWG URL)


@pytest.mark.parametrize(
    ("origin", "name", "secure"),
    [("https://fax.example", "__Host-unifax", True), ("http://127.0.0.1:8080", "unifax", False)],
)
def test_the_cookie_is_for_us_alone(browser: Browser, origin: str, name: str, secure: bool) -> None:
    browser.origin = origin
    browser.get("/sign-in")
    for _ in ("without a cookie", "signing in"):
        cookie = browser.page.headers["set-cookie"]
        assert cookie.startswith(f"{name}=")
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert ("Secure" in cookie) == secure
        assert "Domain" not in cookie
        if browser.page.status_code == 200:
            browser.sign_in("bob", PASSWORD)
    assert browser.page.status_code == 303


def test_pages_run_nothing_and_stand_in_no_frame(browser: Browser) -> None:
    asked_for_consent(browser)
    policy = browser.page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "script" not in browser.page.text + policy
    assert browser.page.headers["x-frame-options"] == "DENY"
    assert browser.page.headers["cache-control"] == "no-store"
    assert browser.get("/sign-in").headers["content-security-policy"].count("form-action 'self';") == 1


def test_what_an_app_or_a_person_is_called_stays_text(browser: Browser) -> None:
    browser.world.execute("UPDATE apps SET name = '<script>x</script>' WHERE key = 'key-alice'")
    browser.world.execute("UPDATE accounts SET name = '\"><b>' WHERE name = 'bob'")
    asked_for_consent(browser)
    assert "<script>" not in browser.page.text
    assert '"><b>' not in browser.page.text
    browser.get("/sign-in")


def test_head_is_answered_as_get_without_a_body(browser: Browser) -> None:
    for path in ("/sign-in", request()):
        assert browser.world.ask("HEAD", path).status_code == 200
