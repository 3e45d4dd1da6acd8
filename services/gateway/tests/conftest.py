"""A database of the shared store per module, a workspace and an admin key per test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx
import pytest

from rowcall_gateway.testing import Gateway, running_gateway
from rowcall_runtime.driver import open_store
from rowcall_runtime.migrate import create_indexes

BOOTSTRAP = "rk_bootstrap_for_tests_0123456789abcdef"


@pytest.fixture(scope="module")
def module_databases() -> dict[str, str]:
    """The database of this module, once a test has made it."""
    return {}


@pytest.fixture
async def mongo_url(store_url: str, module_databases: dict[str, str]) -> str:
    """A database with all indexes, shared by the tests of a module."""
    if "url" not in module_databases:
        url = f"{store_url}/gateway_{uuid4().hex[:12]}"
        async with open_store(url, "motor") as store:
            await create_indexes(store)
        module_databases["url"] = url
    return module_databases["url"]


@pytest.fixture
async def gateway(mongo_url: str) -> AsyncIterator[Gateway]:
    """A gateway that serves as long as the test."""
    async with running_gateway(mongo_url, bootstrap_key=BOOTSTRAP) as running:
        yield running


@pytest.fixture
def workspace_id() -> str:
    """A workspace that no other test uses."""
    return f"ws_{uuid4().hex[:26]}"


@pytest.fixture
async def client(gateway: Gateway, workspace_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """An admin of the workspace."""
    async with AsyncExitStack() as stack:
        token = await gateway.new_key(workspace_id)
        yield await stack.enter_async_context(gateway.client(token))


@pytest.fixture
async def operator(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """The bootstrap key's owner."""
    async with gateway.client(BOOTSTRAP) as opened:
        yield opened


@pytest.fixture
async def chat(gateway: Gateway, workspace_id: str) -> dict[str, object]:
    """The body of a chat job on a connection that is ready."""
    connection_id = await gateway.new_connection(workspace_id)
    return {"kind": "chat", "input": {"question": "How many flights?", "connection_id": connection_id}}
