"""Durable work: the only modules that know DBOS."""
