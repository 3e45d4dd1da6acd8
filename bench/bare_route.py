"""The yardstick of `POST /jobs`: a FastAPI route that validates a small body, inserts one document and answers 202."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel, JsonValue

from bench.raw_collection import raw_collection
from rowcall_runtime.driver import Driver
from tools.local.ports import LOOPBACK


class Asked(BaseModel):
    """The body that `POST /jobs` gets too."""

    kind: str
    input: dict[str, JsonValue]


class Accepted(BaseModel):
    """The answer."""

    id: str
    kind: str
    state: str
    created_at: datetime


def app(url: str, driver: Driver) -> FastAPI:
    """Builds the app."""

    @asynccontextmanager
    async def lifespan(built: FastAPI) -> AsyncIterator[None]:
        async with raw_collection(url, driver, "bare") as collection:
            built.state.collection = collection
            yield

    built = FastAPI(lifespan=lifespan)

    @built.post("/jobs", status_code=202)
    async def create(asked: Asked, request: Request) -> Accepted:
        accepted = Accepted(id=uuid4().hex, kind=asked.kind, state="queued", created_at=datetime.now(UTC))
        await request.app.state.collection.insert_one(
            {"_id": accepted.id, **accepted.model_dump(exclude={"id"}), "input": asked.input}
        )
        return accepted

    @built.get("/readyz")
    async def ready() -> str:
        return "ok"

    return built


def main() -> None:
    """Serves until SIGTERM, as the gateway does: one process, no access log."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("driver", choices=["motor", "pymongo"])
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    uvicorn.run(app(given.url, given.driver), host=LOOPBACK, port=given.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
