"""A line and the sandbox machine in two processes, joined by loopback, without the rest of the service."""

import asyncio
import contextlib
import gc
import multiprocessing
import resource
import socket
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from PIL import Image, ImageDraw

from unifax.documents.pages import Page, PageWriter
from unifax.line.exchange import Exchange
from unifax.line.machine import run_machine
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.call import CallOrder, Progress, T38Use
from unifax.wire.datagram import Address

TRUNK = "sandbox"


async def forget(_: Progress) -> None:
    """Write nothing down: the database is not what is measured."""


def dense_page(path: Path) -> Path:
    """Write a full A4 page of text at fine resolution as the service does, 50 kB in T.6: half a minute of a call."""
    image = Image.new("1", (1728, 2287), 1)
    draw = ImageDraw.Draw(image)
    for line in range(44):
        words = " ".join(f"{(line * 104729 + word * 1299709) % 9999991:x}" for word in range(22))
        draw.text((60, 40 + line * 50), words, fill=0)
    with path.open("w+b") as file, PageWriter(file.fileno(), 1) as writer:
        writer.write(Page(image.width, image.height, 204, 196, image.tobytes("raw", "1;I")))
    return path


def order(number: int, document: Path, called: str = "7778888") -> CallOrder:
    return CallOrder(
        fax_id=number,
        delivery_id=number,
        call_number=1,
        trunk=TRUNK,
        number=called,
        caller="0003*210",
        station_id="0003*210",
        document=document,
        pages=1,
        first_page=0,
    )


@contextlib.asynccontextmanager
async def trunks(server: Address, *, paced: bool, t38: T38Use = T38Use.ON) -> AsyncIterator[Trunks]:
    """A line of this process, with one trunk to the machine."""
    gc.freeze()  # as each process of the service does
    async with Exchange(Address("127.0.0.1", 0)) as exchange:
        yield Trunks(exchange, {TRUNK: Trunk([server], paced, t38=t38)}, Patience())


class MachineProcess:
    """The sandbox machine in a process of its own: `with MachineProcess(folder) as machine`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = Address(*probe.getsockname())
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_machine, args=(self.address, folder, theirs), daemon=True)

    def __enter__(self) -> "MachineProcess":
        self._process.start()
        self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def cpu_seconds(self) -> float:
        self._pipe.send(None)
        used: float = self._pipe.recv()
        return used


def own_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _machine(address: Address, folder: Path, pipe: Connection) -> None:
    async def answer() -> None:
        loop = asyncio.get_running_loop()

        def tell() -> None:
            pipe.recv()
            pipe.send(own_cpu_seconds())

        loop.add_reader(pipe.fileno(), tell)
        loop.call_later(0.2, pipe.send, None)
        gc.freeze()
        await run_machine(address, folder, ["*"])

    uvloop.run(answer())
