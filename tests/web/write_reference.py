"""Writes docs/openapi.json and docs/llms.txt anew, from the routes: `make reference`."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.world import World, a_world

DOCS = Path(__file__).parents[2] / "docs"


def reference(world: World) -> dict[str, str]:
    """Return the texts of the files that say what the routes are, by name."""
    openapi = json.dumps(world.ask("GET", "/openapi.json").json(), indent=1, ensure_ascii=False)
    return {"openapi.json": openapi + "\n", "llms.txt": world.ask("GET", "/llms.txt").text}


def write() -> None:
    with TemporaryDirectory() as folder, a_world(Path(folder)) as world:
        for name, text in reference(world).items():
            (DOCS / name).write_text(text, encoding="utf-8")
            sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    write()
