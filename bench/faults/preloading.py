"""Libraries that the loader puts before libc's, so that processes meet another disk or another clock."""

import subprocess
from collections.abc import Mapping
from pathlib import Path


def preloaded(source: str, folder: Path) -> Mapping[str, str]:
    """Make a library of one of the files beside this one; return the environment of processes that are to have it."""
    library = folder / Path(source).with_suffix(".so").name
    folder.chmod(0o755)  # processes that open documents are of another user
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O2", "-o", library, Path(__file__).with_name(source), "-ldl"], check=True
    )
    return {"LD_PRELOAD": str(library)}
