"""The table of bad inputs: right status, problem and place; nothing changed, nothing told that should not be."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pydantic import BaseModel, ConfigDict, JsonValue

from rowcall_contracts.scopes import ROLES, Role
from rowcall_gateway.testing import Gateway, running_gateway
from rowcall_runtime.driver import open_store
from rowcall_runtime.migrate import create_indexes

BOOTSTRAP = "rk_bootstrap_for_tests_0123456789abcdef"
OURS, THEIRS = "ws_ours", "ws_theirs"
MARKED_SECRET = "s3cr3t-word"
LEAKS = re.compile(r"Traceback|\.py\b|/site-packages|/services/|/libs/|pymongo|pydantic|mongodb://", re.IGNORECASE)


pytestmark = pytest.mark.asyncio(loop_scope="module")


class Row(BaseModel):
    """One request that must be refused. `{name}` in paths and bodies stands for what the fixtures made."""

    model_config = ConfigDict(extra="forbid")

    id: str
    method: str
    path: str
    headers: dict[str, str] = {}
    json_body: JsonValue = None
    raw: str | None = None
    raw_hex: str | None = None
    raw_repeat: tuple[str, int] | None = None
    chunked: bool = False
    file: tuple[str, str, str] | None = None
    file_hex: tuple[str, str, str] | None = None
    key: str = "admin"
    status: int
    problem: str
    pointer: str | None = None

    def content(self, names: Mapping[str, str]) -> bytes | None:
        if self.raw_hex is not None:
            return bytes.fromhex(self.raw_hex)
        if self.raw_repeat is not None:
            return (self.raw_repeat[0] * self.raw_repeat[1]).encode()
        if self.raw is not None:
            return filled(self.raw, names).encode()
        if "json_body" in self.model_fields_set:
            return filled(json.dumps(self.json_body), names).encode()
        return None

    def files(self) -> dict[str, tuple[str, bytes, str]] | None:
        if self.file is not None:
            return {"file": (self.file[0], self.file[1].encode(), self.file[2])}
        if self.file_hex is not None:
            return {"file": (self.file_hex[0], bytes.fromhex(self.file_hex[1]), self.file_hex[2])}
        return None


def filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def rows() -> list[Row]:
    entries = json.loads((Path(__file__).parent / "vectors" / "bad_inputs.json").read_text())
    return [
        Row.model_validate({"json_body" if name == "json" else name: value for name, value in entry.items()})
        for entry in entries
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(store_url: str) -> AsyncIterator[Gateway]:
    """One gateway for the whole table: none of its rows changes anything."""
    url = f"{store_url}/bad_inputs_{uuid4().hex[:12]}"
    async with open_store(url, "motor") as store:
        await create_indexes(store)
    async with running_gateway(url, bootstrap_key=BOOTSTRAP) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clients(gateway: Gateway) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client per kind of key that the table names."""
    yesterday = gateway.platform.clock.now() - timedelta(days=1)
    tokens = {
        "admin": await gateway.new_key(OURS),
        "reader": await gateway.new_key(OURS, ROLES[Role.READER]),
        "expired": await gateway.new_key(OURS, fields={"expires_at": yesterday}),
        "revoked": await gateway.new_key(OURS, fields={"revoked": True}),
        "stranger": await gateway.new_key(THEIRS),
        "operator": BOOTSTRAP,
        "none": None,
    }
    async with AsyncExitStack() as stack:
        opened = {name: await stack.enter_async_context(gateway.client(token)) for name, token in tokens.items()}
        await opened["operator"].get("/workspaces/default")  # the default workspace is made on first use
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def names(gateway: Gateway, clients: dict[str, httpx.AsyncClient]) -> dict[str, str]:
    """What the placeholders of the table stand for."""
    search = {"kind": "search_documents", "input": {"query": "x"}}
    return {
        "connection": await gateway.new_connection(OURS),
        "foreign connection": await gateway.new_connection(THEIRS),
        "job": (await clients["admin"].post("/jobs", json=search)).json()["id"],
        "foreign job": (await clients["stranger"].post("/jobs", json=search)).json()["id"],
        "8001 characters": "x" * 8_001,
        "256 characters": "x" * 256,
    }


async def send(row: Row, client: httpx.AsyncClient, names: Mapping[str, str]) -> httpx.Response:
    content = row.content(names)
    headers = {"Content-Type": "application/json"} if content is not None else {}
    headers |= {name: filled(value, names) for name, value in row.headers.items()}

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content or b""), 8_192):
            yield (content or b"")[start : start + 8_192]

    body = chunks() if row.chunked else content
    path = filled(row.path, names)
    return await client.request(row.method, path, headers=headers, content=body, files=row.files())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
async def test_a_bad_input_is_refused_and_changes_nothing(
    gateway: Gateway, clients: dict[str, httpx.AsyncClient], names: dict[str, str], row: Row
) -> None:
    before = await gateway.contents()

    answer = await send(row, clients[row.key], names)

    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["type"]) == (row.status, f"/problems/{row.problem}"), answer.text
    assert (body["status"], bool(body["title"]), bool(body["detail"])) == (row.status, True, True)
    if row.pointer is not None:
        assert row.pointer in [error["pointer"] for error in body["errors"]], answer.text
    assert MARKED_SECRET not in answer.text
    assert not LEAKS.search(answer.text), answer.text
    assert await gateway.contents() == before


async def test_the_table_has_at_least_60_rows_and_no_name_twice() -> None:
    table = rows()

    assert len(table) >= 60
    assert len({row.id for row in table}) == len(table)
