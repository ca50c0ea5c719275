"""What each process of the service does: a module a role, each with a `run`. A process loads its own alone."""
