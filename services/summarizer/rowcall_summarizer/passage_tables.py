"""Full-text tables of passages on this replica's disk, one per workspace, in LanceDB.

One per workspace rather than one for all: passages of two workspaces never meet in a file, words of one never weigh
in the ranking of another, and a broken table costs one workspace a rebuild.
"""

import asyncio
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from rowcall_contracts.resources import Chunk

if TYPE_CHECKING:
    from lancedb import AsyncConnection, AsyncTable
    from lancedb.query import AsyncQuery
    from pyarrow import Schema
    from pyarrow import Table as ArrowTable

LAYOUT = "v1"
"""Folder of this layout; another layout or another tokenizer needs another name, so that old tables are left alone."""

INDEX_CACHE_BYTES = 32 * 1024 * 1024
METADATA_CACHE_BYTES = 8 * 1024 * 1024
INDEXING_MEMORY_MIB = 64
"""LanceDB's own defaults are for machines of their own: 6 GiB of cache, half of the cores to index with."""

UNINDEXED_ROWS = 500
UNINDEXED_SHARE = 0.05
"""When a table is rewritten. Rows that the index lacks are searched one by one, 40 ms per 1,000; rewriting takes 70 ms
per 1,000 rows of the table. (Measured with chunks of 1,200 characters on two cores.)"""

STOP_WORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with"
).split()
"""Words that find nothing: Lucene's English list. The engine's own list for this tokenizer joins many languages and
is applied to stems: it would hide `minutes`, `cities` and `comes`."""

_WORKSPACE = re.compile(r"[a-z0-9_-]{1,100}")
_TEXT = "text"
_AT_ONCE = timedelta(milliseconds=1)


class PassagesBroken(Exception):
    """The files of a workspace's table can't be read or written. Nothing is lost by `discard`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A passage that matched; a greater score is a better match, comparable within one search alone."""

    chunk_id: str
    document_id: str
    position: int
    score: float


class PassageTables:
    """Stores, finds and forgets passages. Not for concurrent calls on one workspace, nor for two processes.

    Nothing is opened, made or imported before the first passage. Every method raises `PassagesBroken` for damaged
    files, a full disk and the like, and `ValueError` for a workspace id that can't name a table.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / LAYOUT
        self._connection: AsyncConnection | None = None
        self._connecting = asyncio.Lock()

    async def versions(self, workspace_id: str) -> dict[str, int]:
        """Returns the version of every document that has passages here."""
        path = self._path(workspace_id)
        with _breakage():
            if not await asyncio.to_thread(path.exists):
                return {}
            table = await self._table(workspace_id)
            rows = await table.query().select(["document_id", "version"]).to_arrow()
            pairs = rows.group_by(["document_id", "version"]).aggregate([]).to_pylist()
        return {pair["document_id"]: pair["version"] for pair in pairs}

    async def create(self, workspace_id: str) -> None:
        """Makes the table unless it exists. Everything below needs it, so that a table that vanishes is noticed."""
        with _breakage():
            connection = await self._connect()
            await connection.create_table(workspace_id, schema=_schema(), exist_ok=True)
            await self._table(workspace_id)

    async def put(self, workspace_id: str, document_id: str, *, version: int, chunks: Sequence[Chunk]) -> None:
        """Puts a document's passages in the place of what was there of it; they can be found from then on."""
        with _breakage():
            table = await self._table(workspace_id)
            await table.delete(_is_document(document_id))
            if chunks:
                await table.add(_rows(chunks, version))

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> None:
        """Erases the passages of documents, from the disk as well."""
        with _breakage():
            table = await self._table(workspace_id)
            gone = " OR ".join(map(_is_document, document_ids))
            await self._rewrite(workspace_id, table.query().where(f"NOT ({gone})"))

    async def tidy(self, workspace_id: str) -> None:
        """Indexes what was put since the last time, once there is enough of it."""
        with _breakage():
            table = await self._table(workspace_id)
            index = await table.index_stats(f"{_TEXT}_idx")
            unindexed_rows = index.num_unindexed_rows if index else 0
            if unindexed_rows > max(UNINDEXED_ROWS, UNINDEXED_SHARE * await table.count_rows()):
                await self._rewrite(workspace_id, table.query())

    async def search(self, workspace_id: str, query: str, *, limit: int) -> list[Match]:
        """Returns the passages with most of a query's words (BM25), best first, equal ones in the order of the text.

        Words are compared without case, accents and English endings; everything else in the query is ignored.
        """
        with _breakage():
            table = await self._table(workspace_id)
            fetched = limit + 1
            while True:
                matches = await _best(table, query, fetched)
                # Of equal scores the engine returns any, so all that equal the last one wanted are needed to choose.
                if len(matches) < fetched or matches[-1].score < matches[limit - 1].score:
                    break
                fetched *= 4
        return sorted(matches, key=lambda match: (-match.score, match.document_id, match.position))[:limit]

    async def discard(self, workspace_id: str) -> None:
        """Deletes a workspace's table, whatever state its files are in."""
        self.close()  # the connection caches what it has read
        await asyncio.to_thread(_delete, self._path(workspace_id))

    def close(self) -> None:
        """Lets go of caches and files; the next call opens them again."""
        self._connection = None

    def _path(self, workspace_id: str) -> Path:
        if _WORKSPACE.fullmatch(workspace_id) is None:
            raise ValueError(f"{workspace_id!r} cannot name a table: use a-z, 0-9, _ and -.")
        return self._folder / f"{workspace_id}.lance"

    async def _table(self, workspace_id: str) -> "AsyncTable":
        connection = await self._connect()
        table = await connection.open_table(workspace_id)
        # Cut off in the middle of `_rewrite`, a table has no index; a search would then silently split other words.
        if not await table.list_indices():
            await _index(table)
        return table

    async def _connect(self) -> "AsyncConnection":
        async with self._connecting:
            if self._connection is None:
                lancedb = await asyncio.to_thread(_lancedb)
                session = lancedb.Session(
                    index_cache_size_bytes=INDEX_CACHE_BYTES, metadata_cache_size_bytes=METADATA_CACHE_BYTES
                )
                self._connection = await lancedb.connect_async(self._folder, session=session)
            return self._connection

    async def _rewrite(self, workspace_id: str, remaining: "AsyncQuery") -> None:
        # LanceDB's own compaction leaves up to a tenth of deleted rows in its files and grows by their whole size in
        # memory each time; a new table has neither.
        rows = await remaining.to_arrow()
        connection = await self._connect()
        written = await connection.create_table(workspace_id, rows, mode="overwrite")
        await _index(written)
        await written.optimize(cleanup_older_than=_AT_ONCE)


def _lancedb() -> ModuleType:
    # Imported at the first use: LanceDB and Arrow take 140 MB and 1.5 s, and many replicas never see a document.
    import lancedb  # noqa: PLC0415

    module: ModuleType = lancedb
    return module


@contextmanager
def _breakage() -> Iterator[None]:
    try:
        yield
    # LanceDB has no errors of its own: damage arrives as any of these.
    except (OSError, RuntimeError, ValueError) as error:
        raise PassagesBroken(f"{type(error).__name__}: {error}") from error


async def _index(table: "AsyncTable") -> None:
    from lancedb.index import FTS  # noqa: PLC0415  # see _lancedb

    # `icu/split` finds words in languages that write none apart, and the parts of snake_case names.
    configuration = FTS(
        base_tokenizer="icu/split",
        custom_stop_words=STOP_WORDS,
        memory_limit=INDEXING_MEMORY_MIB,
        num_workers=1,
    )
    await table.create_index(_TEXT, config=configuration, replace=True)


async def _best(table: "AsyncTable", query: str, limit: int) -> list[Match]:
    found = table.query().nearest_to_text(query, columns=[_TEXT]).limit(limit)
    rows = await found.select(["chunk_id", "document_id", "position", "_score"]).to_list()
    return [
        Match(
            chunk_id=row["chunk_id"],
            document_id=row["document_id"],
            position=row["position"],
            score=row["_score"],
        )
        for row in rows
    ]


def _schema() -> "Schema":
    import pyarrow as pa  # noqa: PLC0415  # see _lancedb

    return pa.schema(
        [
            pa.field("chunk_id", pa.string()),
            pa.field("document_id", pa.string()),
            pa.field("version", pa.int64()),
            pa.field("position", pa.int64()),
            pa.field(_TEXT, pa.string()),
        ]
    )


def _rows(chunks: Sequence[Chunk], version: int) -> "ArrowTable":
    import pyarrow as pa  # noqa: PLC0415  # see _lancedb

    rows = [
        {
            "chunk_id": chunk.id,
            "document_id": chunk.document_id,
            "version": version,
            "position": chunk.position,
            # A section's later passages are found by the words of its headings too.
            _TEXT: f"{chunk.heading}\n{chunk.text}" if chunk.heading else chunk.text,
        }
        for chunk in chunks
    ]
    return pa.Table.from_pylist(rows, schema=_schema())


def _is_document(document_id: str) -> str:
    return "document_id = '{}'".format(document_id.replace("'", "''"))


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # what cannot be deleted shows when the table is made again
            path.unlink()
