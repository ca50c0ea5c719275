"""One process at a time, and the next when it ends."""

import subprocess
import sys
from pathlib import Path

from unifax.roles.turn import Turn

HOLDS = """
import sys
from pathlib import Path
from unifax.roles.turn import Turn
with Turn(Path(sys.argv[1])) as turn:
    print(turn.is_ours(), flush=True)
    sys.stdin.read()
"""


def test_a_turn_passes_on_when_its_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "turn.lock"
    with (
        subprocess.Popen(
            [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other,
        Turn(path) as turn,
    ):
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        assert not turn.is_ours()
        other.kill()
        other.wait()
        assert turn.is_ours()
        assert turn.is_ours()
