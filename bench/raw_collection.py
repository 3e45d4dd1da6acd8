"""One collection through the bare driver, with the write concern of the product and nothing else of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection

from rowcall_runtime.driver import Document, Driver

RawCollection = AsyncIOMotorCollection[Document] | AsyncCollection[Document]

JOURNALLED = WriteConcern(w="majority", j=True)


@asynccontextmanager
async def raw_collection(url: str, driver: Driver, name: str) -> AsyncIterator[RawCollection]:
    """Opens a collection of the URL's database, and closes the client."""
    if driver == "motor":
        motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(url)
        try:
            yield motor.get_default_database().get_collection(name, write_concern=JOURNALLED)
        finally:
            motor.close()
    else:
        client: AsyncMongoClient[Document] = AsyncMongoClient(url)
        try:
            yield client.get_default_database().get_collection(name, write_concern=JOURNALLED)
        finally:
            await client.close()
