"""Here and now: what lies where in the data folder, the only wall clock, and the log. It knows nothing of faxes."""

import json
import logging
import os
import pwd
import resource
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from unifax.model.concern import ids
from unifax.model.errors import Misconfigured


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Layout:
    """What lies where in the data folder."""

    data: Path

    @property
    def blobs(self) -> Path:
        return self.data / "blobs"

    @property
    def sandbox(self) -> Path:
        return self.data / "sandbox"

    @property
    def upload_key(self) -> Path:
        """What the addresses of uploads are signed with."""
        return self.data / "keys" / "uploads.key"

    @property
    def hook_key(self) -> Path:
        """What the secrets of hooks are made of."""
        return self.data / "keys" / "hooks.key"

    @property
    def receipt_keys(self) -> Path:
        """Return the folder of the keys that receipts are signed with."""
        return self.data / "keys" / "receipts"

    @property
    def operator_token(self) -> Path:
        """Return the file with the token that `unifax account` shows, on the machine itself."""
        return self.data / "operator.token"

    @property
    def incoming(self) -> Path:
        """Return the folder of faxes that are coming in."""
        return self.data / "incoming"

    @property
    def receiver_lock(self) -> Path:
        """Return the file that the process holds which answers calls."""
        return self.data / "receiver.lock"

    def received(self, number: str, call_id: str) -> Path:
        """Return the file that the sandbox machine makes of one call."""
        return self.sandbox / number / f"{call_id}.tif"


def give_up_root(user: str, folder: Path) -> bool:
    """Where we are root, be a user from now on, for good, and let the data folder be his; return whether we are root
    still. Without a name it is `unifax`, if there is one.

    Only a folder of root's is given away, with all that is in it: what belongs to somebody else may hold links of his.
    Raises Misconfigured.
    """
    if os.geteuid() != 0 or user == "root":
        return os.geteuid() == 0 and user != "root"
    try:
        who = pwd.getpwnam(user or "unifax")
    except KeyError:
        if user:
            raise Misconfigured(f"service.run_as: there is no user {user}") from None
        return True
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid == 0:
            for path in [*folder.rglob("*"), folder]:  # itself last: a start that was cut off is done again
                os.chown(path, who.pw_uid, who.pw_gid, follow_symlinks=False)
        os.initgroups(who.pw_name, who.pw_gid)
        os.setgid(who.pw_gid)
        os.setuid(who.pw_uid)
    except OSError as error:
        raise Misconfigured(f"service.run_as: {error.strerror}: {error.filename or who.pw_name}") from error
    os.environ |= {"HOME": who.pw_dir, "USER": who.pw_name, "LOGNAME": who.pw_name}
    return False


def open_many_files() -> None:
    """Let this process open as many files as it is allowed to: a client that sends a file slowly costs two."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def keep_secret(path: Path, secret: str) -> None:
    """Put a secret into a file that only its owner can read: whole and on disk, or not at all. Raises OSError."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_log(form: str = "text") -> None:
    """Write the log to standard error, from the level that UNIFAX_LOG names: as `text`, or as `json`."""
    level = os.environ.get("UNIFAX_LOG", "INFO")
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(message)s", force=True)
    if form == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every look at a fax
    logging.getLogger("alembic").setLevel(logging.WARNING)  # and it every plugin of its own


class JsonLines(logging.Formatter):
    """One object a line: when, how grave, who says what, and the ids of what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, int | str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process or 0,
            **ids(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)
