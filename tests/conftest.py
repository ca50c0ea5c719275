"""How properties are searched: without a stopwatch, and the same every time where nobody watches."""

import os

from hypothesis import settings

settings.register_profile("unifax", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unifax")
