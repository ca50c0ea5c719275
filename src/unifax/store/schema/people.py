"""Who there is: accounts and their extensions, the Apps that act for them, who has signed in."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from unifax.model.accounts import AccountKind
from unifax.model.evidence import WhenUncertain
from unifax.model.header import HeaderPosition
from unifax.model.paper import AUTO, Resolution
from unifax.store.schema.base import Instant, metadata, words

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent_id", Integer, ForeignKey("accounts.id"), index=True),
    Column("name", Text, nullable=False),
    Column("login", Text, unique=True),
    Column("password", Text),  # as argon2 writes it; none: nobody signs in
    Column("enabled", Integer, nullable=False),
    Column("region", Text),  # where its numbers are written, ISO 3166-1; none: as above it
    Column("created_at", Instant, nullable=False),
    CheckConstraint("enabled IN (0, 1)", name="enabled"),
    CheckConstraint("region IS NULL OR length(region) = 2", name="region"),
    CheckConstraint("password IS NULL OR password LIKE '$argon2id$%'", name="password"),
    CheckConstraint(f"kind IN ({words(AccountKind)})", name="kind"),
    CheckConstraint("(kind = 'administrator') = (parent_id IS NULL)", name="parent"),
    UniqueConstraint("parent_id", "name"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("number", Text, nullable=False, unique=True),
    Column("short", Text, nullable=False, index=True),
    Column("station_id", Text, nullable=False),
    Column("header_text", Text, nullable=False),
    Column("header_position", Text, nullable=False),
    Column("header_line", Text, nullable=False),
    Column("resolution", Text, nullable=False),  # of its faxes that ask for none
    Column("fax_enabled", Integer, nullable=False),
    Column("resume", Integer, nullable=False),  # after a call that was cut off: go on, or begin again
    Column("max_calls", Integer, nullable=False),  # that may come in for it at once
    Column("when_uncertain", Text, nullable=False, server_default=WhenUncertain.HOLD.value),
    CheckConstraint(f"when_uncertain IN ({words(WhenUncertain)})", name="when_uncertain"),
    Column("keep_days", Integer, nullable=False, server_default="0"),  # of what its faxes hold; 0: as the settings say
    Column("mail_received", Text, nullable=False, server_default=""),  # who gets what comes; separated by spaces
    Column("mail_reports", Text, nullable=False, server_default=""),  # who is told how its faxes have ended
    Column("mail_senders", Text, nullable=False, server_default=""),  # whose mail is faxed by it
    Column("cover", Text, nullable=False, server_default=""),  # its template of cover pages; none: ours
    CheckConstraint("fax_enabled IN (0, 1)", name="fax_enabled"),
    CheckConstraint(f"header_position IN ({words(HeaderPosition)})", name="header_position"),
    CheckConstraint(f"resolution IN ('{AUTO}', {words(Resolution)})", name="resolution"),
    CheckConstraint("resume IN (0, 1)", name="resume"),
    CheckConstraint("max_calls >= 0", name="max_calls"),
    CheckConstraint("length(station_id) <= 20", name="station_id"),
    CheckConstraint("number LIKE '%*' || short", name="short"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

dids = Table(  # telephone numbers that extensions are called by from outside
    "dids",
    metadata,
    Column("number", Text, primary_key=True),  # as `model.incoming.parse_did` has it
    Column("extension_id", Integer, ForeignKey("extensions.id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_strict=True,
)

apps = Table(
    "apps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("secret_sha256", Text, nullable=False),
    Column("trusted", Integer, nullable=False),  # may ask for a token without anybody's consent
    Column("enabled", Integer, nullable=False),
    Column("redirect_uris", Text, nullable=False),  # separated by spaces, as in RFC 7591 2
    CheckConstraint("enabled IN (0, 1)", name="enabled"),
    CheckConstraint("trusted IN (0, 1)", name="trusted"),
    CheckConstraint("length(secret_sha256) = 64", name="secret"),
    UniqueConstraint("account_id", "name"),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("consent", Text, nullable=False),  # one grant and all that was made of it: revoked together
    Column("app_id", Integer, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),  # a refresh token is used once; a second time means that somebody stole it
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
    Index("ix_tokens_consent", "consent"),
    Index("ix_tokens_expires_at", "expires_at"),
    sqlite_strict=True,
)

codes = Table(  # of RFC 6749 4.1.2, waiting to be exchanged
    "codes",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("consent", Text, nullable=False),
    Column("app_id", Integer, ForeignKey("apps.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text),
    Column("challenge_method", Text),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("(challenge IS NULL) = (challenge_method IS NULL)", name="challenge"),
    Index("ix_codes_expires_at", "expires_at"),
    sqlite_strict=True,
)

sessions = Table(  # people who have signed in
    "sessions",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    Index("ix_sessions_expires_at", "expires_at"),
    sqlite_strict=True,
)
