"""What a mail server of ours says of a sender counts, and what came with the mail does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.post.authenticity import is_authentic

ANN = "ann@example.com"


@pytest.mark.parametrize(
    "result",
    [
        "mx.here; dmarc=pass header.from=example.com",
        "mx.here 1; spf=fail smtp.mailfrom=x.example; dkim=pass (2048-bit key; secure) header.d=example.com header.s=k",
        'mx.here; spf=pass (a "quoted; thing") smtp.mailfrom=ann@example.com',
        "mx.here;\r\n dkim=pass header.i=@Example.COM",
    ],
)
def test_these_vouch_for_her(result: str) -> None:
    assert is_authentic([result], "mx.here", ANN)


@pytest.mark.parametrize(
    "result",
    [
        "mx.here; none",
        "mx.here; dmarc=fail header.from=example.com",
        "mx.here; dmarc=pass header.from=evil.example",
        "mx.here; dkim=pass header.d=evil.example",
        "mx.here; dkim=pass",
        "mx.here; spf=pass smtp.mailfrom=ann@evil.example",
        "mx.here; auth=pass smtp.auth=ann@example.com",
        "mx.there; dmarc=pass header.from=example.com",
        "(mx.here;) mx.there; dmarc=pass",
        "mx.here; x=fail (; dmarc=pass header.from=example.com",
        'mx.here; x=fail reason="; dmarc=pass header.from=example.com"',
        "mx.here.evil.example; dmarc=pass",
        "",
    ],
)
def test_these_do_not(result: str) -> None:
    assert not is_authentic([result], "mx.here", ANN)


def test_the_topmost_result_of_our_server_counts_alone() -> None:
    forged = "mx.here; dmarc=pass header.from=example.com"
    assert not is_authentic(["mx.here; dmarc=fail", forged], "mx.here", ANN)
    assert is_authentic(["mx.there; dmarc=fail", forged], "mx.here", ANN)


@given(st.lists(st.text(max_size=200), max_size=3))
def test_nothing_else_vouches_for_anybody(results: list[str]) -> None:
    assert not is_authentic([f"mx.here; {each}" for each in results if "=" not in each], "mx.here", ANN)
