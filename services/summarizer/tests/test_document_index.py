"""The index on real LanceDB files, against a source that the test changes."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import lancedb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowcall_contracts.resources import Chunk
from rowcall_runtime.errors import Retryable
from rowcall_summarizer.document_index import DocumentIndex
from rowcall_summarizer.passage_tables import LAYOUT, UNINDEXED_ROWS, PassageTables

HOME = "ws_home"
OTHER = "ws_other"


class Store:
    """Documents in memory: what is ready, and which documents were loaded."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = {HOME: {}, OTHER: {}}
        self.loaded: list[str] = []

    def put(self, document_id: str, *texts: str, version: int = 1, workspace_id: str = HOME) -> None:
        self.documents[workspace_id][document_id] = (version, texts)

    def erase(self, document_id: str) -> None:
        del self.documents[HOME][document_id]

    async def ready_versions(self, workspace_id: str) -> Mapping[str, int]:
        return {document_id: version for document_id, (version, _) in self.documents[workspace_id].items()}

    async def chunks_of(self, workspace_id: str, document_id: str) -> Sequence[Chunk]:
        self.loaded.append(document_id)
        _, texts = self.documents[workspace_id][document_id]
        return [
            Chunk(
                id=f"{document_id}:{position}",
                workspace_id=workspace_id,
                document_id=document_id,
                document_name=f"{document_id}.md",
                position=position,
                heading=("Conditions" if position == 2 else "Terms") if position else None,
                text=text,
                start=0,
                end=len(text),
            )
            for position, text in enumerate(texts)
        ]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def index(tmp_path: Path, store: Store) -> DocumentIndex:
    return DocumentIndex(PassageTables(tmp_path), store)


async def found(index: DocumentIndex, query: str, *, workspace_id: str = HOME, limit: int = 10) -> list[str]:
    return [match.chunk_id for match in await index.search(workspace_id, query, limit=limit)]


async def test_a_document_is_found_as_soon_as_the_source_has_it(index: DocumentIndex, store: Store) -> None:
    for number in range(5):
        store.put(f"doc_{number}", f"notes on topic{number}", "something else")
        assert await found(index, f"topic{number}") == [f"doc_{number}:0"]


async def test_the_best_passage_comes_first(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "A refund is paid.", "Refund, refund period and refund form.", "Nothing of the kind.")
    assert await found(index, "refund period") == ["doc_a:1", "doc_a:0"]


async def test_a_new_version_replaces_the_old_passages(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "old wording", "second passage")
    assert await found(index, "old passage") == ["doc_a:0", "doc_a:1"]
    store.put("doc_a", "new wording", version=2)
    assert await found(index, "old passage") == []
    assert await found(index, "wording") == ["doc_a:0"]


async def test_an_unchanged_document_is_loaded_once(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "one")
    store.put("doc_blank")
    for _ in range(3):
        await found(index, "one")
    assert store.loaded == ["doc_a", "doc_blank"]


async def test_another_process_finds_the_cache_and_loads_nothing(
    tmp_path: Path, index: DocumentIndex, store: Store
) -> None:
    store.put("doc_a", "lasting words")
    await index.sync(HOME)
    again = DocumentIndex(PassageTables(tmp_path), store)
    assert await found(again, "lasting") == ["doc_a:0"]
    assert store.loaded == ["doc_a"]


async def test_a_replica_without_a_cache_builds_it(tmp_path: Path, index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "first")
    await index.sync(HOME)
    store.put("doc_b", "second")
    elsewhere = DocumentIndex(PassageTables(tmp_path / "elsewhere"), store)
    assert await found(elsewhere, "first second") == ["doc_a:0", "doc_b:0"]


async def test_an_erased_document_is_gone_from_searches_and_from_the_disk(
    tmp_path: Path, index: DocumentIndex, store: Store
) -> None:
    secret = "xqzvkjwpfy"  # in one passage alone, so that no compression can hide it by reference
    store.put("doc_a", f"the word {secret} stands here")
    store.put("doc_b", "the word stays")
    await index.sync(HOME)
    assert files_holding(tmp_path, secret)
    store.erase("doc_a")
    assert await found(index, f"{secret} word") == ["doc_b:0"]
    assert not files_holding(tmp_path, secret)


def files_holding(folder: Path, word: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


async def test_workspaces_never_see_each_other(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "shared words, ours")
    store.put("doc_b", "shared words, theirs", workspace_id=OTHER)
    assert await found(index, "shared words ours theirs") == ["doc_a:0"]
    assert await found(index, "shared words ours theirs", workspace_id=OTHER) == ["doc_b:0"]


async def test_a_workspace_without_documents_makes_no_files(tmp_path: Path, index: DocumentIndex) -> None:
    assert await found(index, "anything") == []
    assert files_holding(tmp_path, "") == []


@pytest.mark.parametrize("workspace_id", ["../ws_home", "", "WS", "a/b", "a.b"])
async def test_a_workspace_id_that_is_no_name_is_refused(index: DocumentIndex, store: Store, workspace_id: str) -> None:
    store.documents[workspace_id] = {}
    with pytest.raises(ValueError, match="cannot name a table"):
        await index.search(workspace_id, "words", limit=1)


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"x',
        "a:b",
        "wild*",
        "(",
        ")",
        "\\",
        "'; DROP",
        "AND OR NOT",
        "^~+-!",
        "\x00",
        "\n",
        "東京",
        "the",
        "a" * 1000,
    ],
)
async def test_signs_in_a_query_mean_nothing(index: DocumentIndex, store: Store, query: str) -> None:
    store.put("doc_a", "plain words only")
    assert await found(index, query) == []
    assert await found(index, f"{query} plain") == ["doc_a:0"]


async def test_no_query_is_an_error(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "plain words only")
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None)
    @given(query=st.text(min_size=1, max_size=200))
    def search(query: str) -> None:
        searching = asyncio.run_coroutine_threadsafe(found(index, query), loop)
        assert searching.result(timeout=30) in ([], ["doc_a:0"])

    await asyncio.to_thread(search)


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ("arrival", 0),
        ("arr_delay", 0),
        ("MINUTE", 0),
        ("天気", 1),
        ("cafe", 2),
        ("größe", 2),
        ("terms", 1),
        ("conditions", 2),
    ],
)
async def test_words_are_found_in_any_case_form_and_script(
    index: DocumentIndex, store: Store, query: str, position: int
) -> None:
    store.put("doc_a", "The arrival arr_delay is in minutes", "東京の天気は晴れです", "Größe, Café")
    assert (await found(index, query))[0] == f"doc_a:{position}"


async def test_equal_passages_come_in_the_order_of_the_text_whatever_the_limit(
    index: DocumentIndex, store: Store
) -> None:
    store.put("doc_b", *["same words"] * 20)
    store.put("doc_a", *["same words"] * 20)
    everything = await found(index, "words", limit=50)
    assert len(everything) == 40
    assert everything[:3] == ["doc_a:0", "doc_b:0", "doc_a:1"]
    for limit in (1, 7, 39):
        assert await found(index, "words", limit=limit) == everything[:limit]


async def test_many_passages_are_indexed_and_still_all_found(index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", *[f"passage number n{position}x" for position in range(UNINDEXED_ROWS + 50)])
    await index.sync(HOME)
    store.put("doc_b", "a late addition, not indexed yet")
    assert await found(index, "n517x") == ["doc_a:517"]
    assert await found(index, "late addition") == ["doc_b:0"]
    store.erase("doc_a")
    assert await found(index, "n517x late") == ["doc_b:0"]


async def test_a_table_that_lost_its_index_gets_it_back(tmp_path: Path, index: DocumentIndex, store: Store) -> None:
    store.put("doc_a", "東京の天気", "in minutes")
    await index.sync(HOME)
    table = await (await lancedb.connect_async(tmp_path / LAYOUT)).open_table(HOME)
    await table.drop_index("text_idx")
    assert sorted(await found(index, "天気 minute")) == ["doc_a:0", "doc_a:1"]


def truncate_every_file(table: Path) -> None:
    for path in table.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fill_with_noise(table: Path) -> None:
    for path in table.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\x93noise" * 50)


def delete_data(table: Path) -> None:
    shutil.rmtree(table / "data")


def delete_index(table: Path) -> None:
    shutil.rmtree(table / "_indices")


def delete_versions(table: Path) -> None:
    shutil.rmtree(table / "_versions")


def put_file_in_place(table: Path) -> None:
    shutil.rmtree(table)
    table.write_text("not a folder")


DAMAGES = [
    truncate_every_file,
    fill_with_noise,
    delete_data,
    delete_index,
    delete_versions,
    put_file_in_place,
    shutil.rmtree,
]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_a_damaged_cache_is_rebuilt(
    tmp_path: Path, store: Store, damage: Callable[[Path], object], *, restarted: bool
) -> None:
    store.put("doc_a", *["filler"] * (UNINDEXED_ROWS + 1), "the needle")
    store.put("doc_b", "another needle")
    index = DocumentIndex(PassageTables(tmp_path), store)
    before = await found(index, "needle")
    damage(tmp_path / LAYOUT / f"{HOME}.lance")
    if restarted:
        index = DocumentIndex(PassageTables(tmp_path), store)
    assert await found(index, "needle") == before
    store.put("doc_c", "a third needle")
    assert len(await found(index, "needle")) == 3


async def test_a_disk_that_cannot_be_written_is_a_retryable_error(tmp_path: Path, store: Store) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store.put("doc_a", "words")
    with pytest.raises(Retryable, match="disk"):
        await DocumentIndex(PassageTables(blocked), store).search(HOME, "words", limit=1)


async def test_searches_at_once_see_documents_come_and_go(index: DocumentIndex, store: Store) -> None:
    store.put("doc_0", "common word")

    async def ask(number: int) -> None:
        store.put(f"doc_{number}", f"common word{number}x")
        assert f"doc_{number}:0" in await found(index, f"word{number}x")

    await asyncio.gather(*(ask(number) for number in range(1, 12)))
    assert len(await found(index, "common", limit=50)) == 12


def test_importing_the_index_imports_no_engine() -> None:
    check = (
        "import sys, rowcall_summarizer.document_index as index, pathlib; "
        "index.PassageTables(pathlib.Path('.')); "
        "assert not {'lancedb', 'pyarrow', 'lance'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=30)
