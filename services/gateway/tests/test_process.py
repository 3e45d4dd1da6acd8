"""The gateway as a process of its own: it starts, says what is wrong, drains and leaves."""

import asyncio
import base64
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import httpx
import pytest
from nacl.public import PrivateKey

from rowcall_gateway.testing import CLOSED_PORT, eventually
from rowcall_runtime.crypto import public_key_of
from tools.local.ports import free_port

BOOTSTRAP = "rk_bootstrap_for_tests_0123456789abcdef"


@pytest.fixture
def environment(mongo_url: str) -> dict[str, str]:
    """Settings of a process; Kafka is away."""
    private = base64.b64encode(bytes(PrivateKey.generate())).decode()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ROWCALL_")},
        "ROWCALL_MONGO_URL": mongo_url,
        "ROWCALL_KAFKA_BOOTSTRAP": CLOSED_PORT,
        "ROWCALL_PUBLIC_KEY": public_key_of(private),
        "ROWCALL_BOOTSTRAP_KEY": BOOTSTRAP,
        "ROWCALL_PORT": str(free_port()),
    }


async def start(environment: dict[str, str]) -> Process:
    command = (sys.executable, "-m", "rowcall_gateway")
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)


@pytest.fixture
async def process(environment: dict[str, str]) -> AsyncIterator[Process]:
    """A running gateway."""
    started = await start(environment)
    async with httpx.AsyncClient() as prober:

        async def ready() -> bool:
            try:
                return (await prober.get(f"http://127.0.0.1:{environment['ROWCALL_PORT']}/readyz")).is_success
            except httpx.TransportError:
                return False

        await eventually(ready, 30)
    yield started
    if started.returncode is None:
        started.kill()
    await started.communicate()


async def test_sigterm_answers_who_waits_and_ends_in_order(process: Process, environment: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {BOOTSTRAP}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{environment['ROWCALL_PORT']}", headers=headers) as client:
        search = {"kind": "search_documents", "input": {"query": "x"}}
        job_id = (await client.post("/jobs", json=search)).json()["id"]
        waiting = asyncio.create_task(client.get(f"/jobs/{job_id}?wait=30", timeout=40))
        await asyncio.sleep(0.5)

        process.send_signal(signal.SIGTERM)
        answer = await waiting
        out, err = await asyncio.wait_for(process.communicate(), 20)

    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    assert process.returncode == 0, out[-2_000:] + err
    assert BOOTSTRAP.encode() not in out + err


async def test_a_taken_port_is_named_with_the_cure(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        process = await start({**environment, "ROWCALL_PORT": str(port)})
        _, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    (line,) = err.decode().splitlines()
    assert f"127.0.0.1:{port} is taken" in line
    assert "choose another port" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [("ROWCALL_BOOTSTRAP_KEY", "rk_short"), ("ROWCALL_PUBLIC_KEY", "bm90IGEga2V5"), ("ROWCALL_PORT", "seventy")],
)
async def test_a_bad_setting_is_named_and_not_shown(environment: dict[str, str], name: str, value: str) -> None:
    process = await start({**environment, name: value})
    out, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    (line,) = err.decode().splitlines()
    assert name in line
    assert value.encode() not in out + err
