"""arq and Celery on Redis, each a worker and a client on an interpreter that the environment names."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.samples import Round
from tools.local.ports import LOOPBACK, accepts, free_port
from tools.local.processes import ManagedProcess

PYTHONS: Mapping[str, str] = {"arq": "ROWCALL_BENCH_ARQ_PYTHON", "celery": "ROWCALL_BENCH_CELERY_PYTHON"}
"""Which interpreter has which: they want different versions of the same Redis client."""

IMPORTS = {"arq": "import arq", "celery": "import celery, redis, kombu.transport.redis"}
TURN_TIMEOUT_S = 90


def missing() -> Mapping[str, str]:
    """Says of each rival that cannot run here why."""
    if shutil.which("redis-server") is None:
        return dict.fromkeys(PYTHONS, "redis-server is not on the PATH")
    return {name: reason for name in PYTHONS if (reason := _lacking(name))}


def _lacking(name: str) -> str | None:
    python = os.environ.get(PYTHONS[name])
    if not python:
        return f"{PYTHONS[name]} names no interpreter that has it"
    probe = subprocess.run([python, "-c", IMPORTS[name]], check=False, capture_output=True)
    return f"{python} cannot import it" if probe.returncode else None


def _command(name: str, role: str, port: int) -> list[str]:
    script = Path(__file__).parent / "rivals" / f"{name}_noop.py"
    return [os.environ[PYTHONS[name]], str(script), role, str(port)]


@dataclass(frozen=True)
class Rival:
    """A worker, frozen while it is not its turn, and the client that it serves."""

    worker: ManagedProcess
    client: asyncio.subprocess.Process

    async def turn(self, *, singles: int, burst: int) -> Round:
        """Runs single jobs one after the other, then a burst."""
        assert self.client.stdin is not None
        assert self.client.stdout is not None
        assert self.worker.alive, f"the worker ended: {self.worker.log_tail()}"
        self.worker.resume()
        self.client.stdin.write(f"{singles} {burst}\n".encode())
        async with asyncio.timeout(TURN_TIMEOUT_S):
            line = await self.client.stdout.readline()
        self.worker.pause()
        assert line, "the client ended"
        latencies, elapsed_s = json.loads(line)
        return Round(done=burst, elapsed_s=elapsed_s, latencies=latencies)


@contextmanager
def rival_workers(folder: Path) -> Iterator[tuple[int, Mapping[str, ManagedProcess]]]:
    """Starts Redis, as it comes, and the workers of all rivals that can run; yields Redis's port and the workers."""
    port = free_port()
    redis = ["redis-server", "--port", str(port), "--bind", LOOPBACK, "--dir", str(folder)]
    names = PYTHONS.keys() - missing().keys()
    with ExitStack() as stack:
        if names:
            _run(stack, ManagedProcess(redis, folder / "redis.log", ready=lambda: accepts(port)))
        workers = {
            name: ManagedProcess(_command(name, "worker", port), folder / f"{name}.log", ready=lambda: True)
            for name in sorted(names)
        }
        for worker in workers.values():
            _run(stack, worker)
        yield port, workers


@asynccontextmanager
async def rivals(port: int, workers: Mapping[str, ManagedProcess]) -> AsyncIterator[Mapping[str, Rival]]:
    """Starts the workers' clients."""
    clients = {name: await _client(name, port) for name in workers}
    try:
        yield {name: Rival(workers[name], clients[name]) for name in workers}
    finally:
        for client in clients.values():
            client.kill()
            await client.wait()


async def _client(name: str, port: int) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*_command(name, "client", port), stdin=pipe, stdout=pipe)


def _run(stack: ExitStack, process: ManagedProcess) -> None:
    stack.callback(process.stop)
    process.start()
