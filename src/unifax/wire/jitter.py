"""A jitter buffer for fax audio: what comes early, late, twice or not at all becomes one frame each 20 ms.

It has no clock but `take`. What is missing is the last frame again: of all fillings it loses the fewest pages. Time is
stretched or cut by whole frames of 20 ms, in silence whenever that can wait: they are whole symbols and whole turns of
the carrier for every fax modem, so a slip costs one what a lost frame costs.
"""

from unifax.wire.g711 import Law

BLOCK_OCTETS = 80
"10 ms: packets of 10, 20, 30 or 40 ms are taken apart into these."
START_FRAMES = 3
"Frames to wait for before the first is played: 60 ms cover 30 ms of jitter and the ticks of both ends."
MOST_FRAMES = 12
"The longest delay, 240 ms. T.30's shortest wait for an answer is 3 s (T4)."
WINDOW_FRAMES = 250
"The delay is judged by the fewest frames that waited in so long: 5 s."
SPARE_FRAMES = 3
"With always more than this waiting, a frame of silence is left out."
REPEATS = 5
"A frame is repeated so many times; then it is silence, because the far side has stopped."
ROOM_FRAMES = 100
"The most that is kept, 2 s: nobody takes frames while a call closes."
LATE = 10
"So many packets in a row that come too late, and the far side's clock has stood still: begin anew."


class JitterBuffer:
    """Put in what comes at its position, in samples from the first; take out a frame each 20 ms."""

    def __init__(self, law: Law) -> None:
        self.played = 0
        "Frames taken that had come in time."
        self.repeated = 0
        "Frames taken that were missing, wholly or in part."
        self.late = 0
        "Packets that came after their turn."
        self.stretched = 0
        "Frames put in: the delay grew, or the far side's clock is slower than ours."
        self.skipped = 0
        "Frames left out: the delay shrank, or its clock is faster."
        self._law = law
        self._blocks: dict[int, bytes] = {}
        self._next: int | None = None
        "The block to be played next; None before the first packet."
        self._newest = 0
        self._waiting = 0
        self._missed: set[int] = set()
        "Blocks that were played without having come: if one comes now, it is late, and not a duplicate."
        self._late_in_a_row = 0
        self._growing = False
        self._last = law.silence
        self._repeats = 0
        self._fewest = MOST_FRAMES
        self._window = 0

    def restart(self) -> None:
        """Forget what is in it: another stream begins, with the next packet."""
        self._blocks.clear()
        self._missed.clear()
        self._next = None
        self._late_in_a_row = 0
        self._growing = False

    def put(self, position: int, payload: bytes) -> bool:
        """Take in a packet's audio. False for one that came too late, or again."""
        first = position // BLOCK_OCTETS
        count = len(payload) // BLOCK_OCTETS
        if self._next is None:
            self._next, self._newest, self._waiting = first, first - 1, START_FRAMES
        if count and first + count <= self._next:
            self._came_late(first)
            return False
        self._late_in_a_row = 0
        ahead = (first - self._next) // 2
        if ahead > ROOM_FRAMES:
            self._skip(ahead - START_FRAMES)
        for block in range(max(first, self._next), first + count):
            begin = (block - first) * BLOCK_OCTETS
            self._blocks.setdefault(block, payload[begin : begin + BLOCK_OCTETS])
        self._newest = max(self._newest, first + count - 1)
        return True

    def take(self) -> bytes:
        """Return the next 20 ms."""
        if self._next is None:
            return self._law.silence
        if self._waiting:
            self._waiting -= 1
            return self._law.silence
        growing, self._growing = self._growing, False
        if growing and self._frames_waiting() < MOST_FRAMES:
            self.stretched += 1
            return self._again(self._last)
        frame = self._play()
        self._judge(frame)
        return frame

    def _play(self) -> bytes:
        assert self._next is not None
        parts = [self._blocks.pop(self._next, None), self._blocks.pop(self._next + 1, None)]
        if parts[0] is not None and parts[1] is not None:
            self.played += 1
            self._repeats = 0
            self._last = parts[0] + parts[1]
            frame = self._last
        else:
            self.repeated += 1
            self._note_missing({self._next + i for i in range(2) if parts[i] is None})
            again = self._again(self._last)
            frame = (parts[0] or again[:BLOCK_OCTETS]) + (parts[1] or again[BLOCK_OCTETS:])
        self._next += 2
        return frame

    def _note_missing(self, blocks: set[int]) -> None:
        self._missed |= blocks
        if len(self._missed) > 4 * WINDOW_FRAMES:
            self._missed = {block for block in self._missed if block > max(blocks) - 2 * WINDOW_FRAMES}

    def _again(self, frame: bytes) -> bytes:
        self._repeats += 1
        return frame if self._repeats <= REPEATS else self._law.silence

    def _frames_waiting(self) -> int:
        assert self._next is not None
        return (self._newest + 1 - self._next) // 2

    def _judge(self, frame: bytes) -> None:
        """Keep the delay within bounds: at a silence where that can wait."""
        assert self._next is not None
        waiting = self._frames_waiting()
        if waiting > MOST_FRAMES:
            self._skip(waiting - START_FRAMES)
            return
        self._fewest = min(self._fewest, max(waiting, 0))
        self._window += 1
        if self._window < WINDOW_FRAMES or not self._law.is_quiet(frame):
            return
        if self._fewest > SPARE_FRAMES:
            self._skip(1)
        elif self._fewest == 0 and waiting >= 0:
            self._growing = True
        self._fewest, self._window = MOST_FRAMES, 0

    def _skip(self, frames: int) -> None:
        assert self._next is not None
        self.skipped += frames
        self._next = begin = self._next + 2 * frames
        self._blocks = {block: audio for block, audio in self._blocks.items() if block >= begin}

    def _came_late(self, first: int) -> None:
        if first not in self._missed:
            return
        self._missed.discard(first)
        self.late += 1
        self._late_in_a_row += 1
        self._growing = True
        if self._late_in_a_row >= LATE:
            self.restart()
