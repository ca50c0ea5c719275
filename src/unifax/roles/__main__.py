"""`python -m unifax.roles ROLE FOLDER`: one process of the service, with the settings that its supervisor tells it.

Only what the role needs is loaded: the fax machine without a database takes a third of the memory of the others.
"""

import gc
import importlib
import logging
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import cast

import uvloop

from unifax.here import Layout, keep_log
from unifax.model.errors import UnifaxError
from unifax.processes import greeted
from unifax.settings import Settings

log = logging.getLogger(__name__)

Run = Callable[[Settings, Layout], Coroutine[None, None, None]]


def main(role: str, folder: Path) -> None:
    """Be the process until told to end. What goes wrong on purpose is one line, not a traceback."""
    keep_log()
    told = greeted()
    if not told:
        return  # our supervisor has ended before it could greet us
    run = cast(Run, importlib.import_module(f"unifax.roles.{role}").run)
    try:
        settings = Settings.model_validate_json(told)
        keep_log(settings.log.format)
        gc.freeze()  # what is loaded now stays: it need not be searched for garbage again and again
        uvloop.run(run(settings, Layout(folder)))
    except UnifaxError as error:
        log.error("process %s: %s", role, error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
