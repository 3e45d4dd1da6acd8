"""Databases of the shared store for each driver."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Site
from rowcall_runtime.driver import Driver, Store, open_store
from rowcall_runtime.migrate import create_indexes
from tools.testing.tiers import Backends


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest, backends: Backends) -> Driver:
    """Each driver in turn."""
    name: Driver = request.param
    backends.note("driver", name)
    return name


@pytest.fixture
async def store(store_url: str, driver: Driver) -> AsyncIterator[Store]:
    """An empty database of its own, with all indexes."""
    async with open_store(f"{store_url}/t{uuid4().hex[:12]}", driver) as opened:
        await create_indexes(opened)
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    """Time that moves only when told to."""
    return ManualClock()


@pytest.fixture
def site(shared_store: Store, clock: ManualClock) -> Site:
    """Errands at a step that no other test looks at."""
    return Site(store=shared_store, clock=clock, step=f"step-{uuid4().hex[:12]}")
