"""A store of files that fails one request of ten, half of them after it was done, under kills (moto, on loopback)."""

from bench.faults.engines import database
from bench.faults.kills import FAULTS as KILLS
from bench.faults.ledger import Result
from bench.faults.trial import Trial, run
from tests.s3 import a_store

STAGE = "store"
SECONDS = 180.0
PERCENT = 10


def stage(engine: str, seconds: float, seed: int) -> Result:
    with database(engine) as environment, a_store() as (bucket, failing):
        failing.percent = PERCENT
        files = {
            "UNIFAX_FILES__STORE": f"s3://{bucket.name}/{bucket.prefix}",
            "UNIFAX_FILES__ENDPOINT": bucket.endpoint,
            "UNIFAX_FILES__ACCESS_KEY": bucket.access_key,
            "UNIFAX_FILES__SECRET_KEY": bucket.secret_key,
        }
        faults = {name: KILLS[name] for name in ("web", "prepare", "line", "everything")}
        result = run(Trial(STAGE, engine, faults, seconds or SECONDS, seed, {**environment, **files}))
        return Result(STAGE, engine, {**result.counts, "requests failed": failing.failed}, result.worst, result.wrong)
