"""Browsers of the cast: each has signed in, and may look at any page of the fax centre."""

import pytest

from tests.web.browser import Browser
from tests.world import World

PASSWORD = "one two three four"
KEPT = "$argon2id$v=19$m=19456,t=2,p=1$f1Q8a+Prd8tv5rDiFXarPg$6dLXlGEX7PMGyjpYsAlPmC5v8NKhdqby3Wque5nYd9o"


@pytest.fixture
def browser(world: World) -> Browser:
    """The browser of Bob, who has signed in."""
    return signed_in(world, "bob")


def signed_in(world: World, login: str) -> Browser:
    """Return the browser of somebody who has signed in; all have one password, which is no example to follow."""
    world.execute(f"UPDATE accounts SET login = name, password = '{KEPT}'")
    browser = Browser(world)
    browser.get("/sign-in")
    browser.sign_in(login, PASSWORD)
    assert browser.page.status_code == 303
    return browser
