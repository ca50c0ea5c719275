"""The first accounts of an empty installation."""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from tests.postgres import opened
from tests.world import NOW
from unifax.model.accounts import AccountKind
from unifax.model.naming import parse_password
from unifax.service.accounts import OPERATOR, TOKEN_DAYS, bootstrap, operator_token
from unifax.service.passwords import matches
from unifax.store import accounts, apps, sessions, tokens


def test_an_empty_installation_gets_accounts_that_work_and_only_once(tmp_path: Path) -> None:
    db = opened(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    viewer = db.read(tokens.viewer_of_token, first.token, NOW)
    assert viewer is not None
    assert (viewer.account_id, viewer.kind) == (first.user_id, AccountKind.USER)
    for number in (first.extension, first.second_extension, "210", "211"):
        assert db.read(accounts.extension_for, viewer, number) is not None
    assert db.read(tokens.viewer_of_token, first.token, NOW + timedelta(days=TOKEN_DAYS)) is None
    assert bootstrap(db, NOW) is None
    db.close()


@pytest.mark.sqlite
def test_no_secret_is_kept_as_it_is(tmp_path: Path) -> None:
    db = opened(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    db.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert first.key.encode() in kept
    assert first.password.encode() not in kept
    assert first.secret.encode() not in kept
    assert first.token.encode() not in kept


def test_keys_and_tokens_hold_only_characters_that_clients_accept(tmp_path: Path) -> None:
    db = opened(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    values = asdict(first)
    for name in ("key", "secret", "token"):
        assert re.fullmatch(r"[A-Za-z0-9_.-]{10,}", values[name])
    db.close()


def test_the_first_administrator_signs_in_with_a_password_that_nobody_can_guess(tmp_path: Path) -> None:
    db = opened(tmp_path)
    first = bootstrap(db, NOW)
    assert first is not None
    login = db.read(sessions.login_of, first.login)
    assert login is not None
    assert matches(login.password, first.password)
    assert parse_password(first.password) == first.password
    assert db.read(accounts.first_administrator) == login.account_id
    db.close()


def test_the_operators_token_is_the_administrators_and_only_the_last_one_is_good(tmp_path: Path) -> None:
    db = opened(tmp_path)
    assert operator_token(db, NOW) is None, "there is nobody yet"
    bootstrap(db, NOW)
    first, second = operator_token(db, NOW), operator_token(db, NOW)
    assert first is not None
    assert second is not None
    assert db.read(tokens.viewer_of_token, first, NOW) is None
    viewer = db.read(tokens.viewer_of_token, second, NOW)
    assert viewer is not None
    assert viewer.kind is AccountKind.ADMINISTRATOR
    assert viewer.app_id == db.read(apps.app_named, viewer.account_id, OPERATOR)
    db.close()


def test_the_operators_app_stays_disabled_when_it_was_disabled(tmp_path: Path) -> None:
    db = opened(tmp_path)
    bootstrap(db, NOW)
    assert operator_token(db, NOW) is not None
    db.write(lambda conn: conn.exec_driver_sql("UPDATE apps SET enabled = 0") and None)
    token = operator_token(db, NOW)
    assert token is not None
    assert db.read(tokens.viewer_of_token, token, NOW) is None
    db.close()
