"""Faults, in stages: what is done to the service, how often, and what it has kept of its word (docs/reliability.md).

    python -m bench faults                          # what was seen so far
    python -m bench faults kills --engine SQLite    # one run of a stage more

A figure other than 0 in the column `wrong` is a bug.
"""
