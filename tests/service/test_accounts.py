"""The first accounts of an empty installation."""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from tests.world import NOW
from unifax.model.accounts import AccountKind
from unifax.service.accounts import FIRST_TOKEN_DAYS, bootstrap
from unifax.store import accounts, tokens
from unifax.store.db import open_database


def test_an_empty_installation_gets_accounts_that_work_and_only_once(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    viewer = db.read(tokens.viewer_of_token, first.token, NOW)
    assert viewer is not None
    assert (viewer.account_id, viewer.kind) == (first.user_id, AccountKind.USER)
    for number in (first.extension, first.second_extension, "210", "211"):
        assert db.read(accounts.extension_for, viewer, number) is not None
    assert db.read(tokens.viewer_of_token, first.token, NOW + timedelta(days=FIRST_TOKEN_DAYS)) is None
    assert bootstrap(db, NOW) is None
    db.close()


def test_no_secret_is_kept_as_it_is(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    db.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert first.key.encode() in kept
    assert first.secret.encode() not in kept
    assert first.token.encode() not in kept


def test_keys_and_tokens_hold_only_characters_that_clients_accept(tmp_path: Path) -> None:
    db = open_database(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    values = asdict(first)
    for name in ("key", "secret", "token"):
        assert re.fullmatch(r"[A-Za-z0-9_.-]{10,}", values[name])
    db.close()
