"""docs/oauth.md says what is there."""

import re
from pathlib import Path

from unifax.model.oauth import Trouble
from unifax.service.consenting import CODE
from unifax.service.granting import ACCESS, REFRESH
from unifax.service.rates import Quotas
from unifax.service.signing_in import SESSION

PAGE = Path(__file__).parents[3].joinpath("docs/oauth.md").read_text()
OF_THE_PERSONS_BROWSER = {Trouble.ACCESS_DENIED, Trouble.UNSUPPORTED_RESPONSE_TYPE}
"What an App is told by an address: the RFC explains it."


def test_every_error_is_in_the_table() -> None:
    assert set(re.findall(r"^\| [\d, ]+ \| `(\w+)` \|", PAGE, re.M)) == set(Trouble) - OF_THE_PERSONS_BROWSER


def test_everything_lasts_as_long_as_the_page_says() -> None:
    lasts = dict(re.findall(r"^\| (an?[^|]+) \| (\d+ \w+)", PAGE, re.M))
    assert lasts == {
        "an access token": f"{ACCESS.seconds // 3600} hour",
        "a refresh token": f"{REFRESH.days} days",
        "a code": f"{CODE.seconds // 60} minutes",
        "a person's session": f"{SESSION.seconds // 3600} hours",
    }
    assert Quotas().logins == 5
