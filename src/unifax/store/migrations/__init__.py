"""How the schema came to be, one step after the other. `env.py` and `script.py.mako` are Alembic's."""
