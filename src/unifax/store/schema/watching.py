"""What is counted for those who watch the service."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from unifax.store.schema.base import Seconds, metadata

tallies = Table(  # what has happened, ever: no row is of one number, account or fax
    "tallies",
    metadata,
    Column("what", Text, primary_key=True),  # model.tally.What
    Column("trunk", Text, primary_key=True),  # empty where there is none
    Column("outcome", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("seconds", Seconds, nullable=False),
    CheckConstraint("times >= 0 AND pages >= 0 AND seconds >= 0", name="counts"),
    sqlite_strict=True,
)
