"""Resources read in company: whoever asks together gets their own workspace's, on every driver."""

import asyncio
from datetime import UTC, datetime

import pytest

from rowcall_contracts.resources import Collection, Workspace
from rowcall_runtime.driver import Store
from rowcall_runtime.repository import Repository

pytestmark = pytest.mark.contract

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def resources(store: Store) -> Repository[Workspace]:
    """Two resources, each of its own workspace."""
    repository = Repository(store.collection(Collection.WORKSPACES), Workspace)
    for resource_id, workspace_id in (("a", "ws_1"), ("b", "ws_2")):
        resource = Workspace(
            id=resource_id, workspace_id=workspace_id, name=resource_id, created_at=NOW, updated_at=NOW
        )
        await repository.insert(resource)
    return repository


async def test_of_those_who_ask_together_nobody_gets_another_workspaces_resource(
    resources: Repository[Workspace],
) -> None:
    asked = [("ws_1", "a"), ("ws_2", "b"), ("ws_1", "b"), ("ws_2", "a"), ("ws_1", "a"), ("ws_1", "c")]
    found = await asyncio.gather(*(resources.get(*pair) for pair in asked))
    assert [resource and resource.id for resource in found] == ["a", "b", None, None, "a", None]


async def test_a_resource_changed_before_the_question_is_answered_as_it_is_now(
    resources: Repository[Workspace],
) -> None:
    """Nobody is given the answer to a question that was asked before theirs."""
    early = asyncio.create_task(resources.get("ws_1", "a"))
    await asyncio.sleep(0)
    await resources.note("ws_1", "a", {"name": "changed"})
    late = await resources.get("ws_1", "a")
    assert await early
    assert late
    assert late.name == "changed"
