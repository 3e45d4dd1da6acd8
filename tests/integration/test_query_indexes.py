"""What the five processes ask the store while they work: all of it names its documents or has an index."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rowcall_contracts.resources import Collection
from rowcall_runtime.driver import Index
from rowcall_runtime.indexes import INDEXES
from tests.integration.api import Api, Body, eventually
from tests.integration.deployment import Deployment
from tests.integration.inspection import Inspection
from tests.integration.receivers import Receiver
from tests.integration.small_database import small_database

LISTS = (
    "/connections",
    "/documents",
    "/documents/search?query=quokka",
    "/jobs?kind=chat&state=succeeded",
    "/keys",
    "/webhooks/deliveries?state=succeeded",
    "/webhooks/endpoints",
    "/workspaces",
)

UNASKED = {Collection.AUDIT, Collection.MIGRATIONS}
"""Only written to, and only read when a process starts."""


SEVERAL_AT_ONCE = {("catalog_tables", "update", "connection_id, revision, workspace_id")}
"""Updates that do not name their documents: those of one revision of a catalog live and expire together."""


def test_every_query_names_its_documents_or_has_an_index(
    api: Api, deployment: Deployment, inspection: Inspection, receiver: Receiver
) -> None:
    with inspection.profiled() as asked:
        _use(api, small_database(deployment.folder / "data" / "indexes.sqlite"), receiver)
        with deployment.client("rk_" + "x" * 40) as stranger:
            assert stranger.get("/jobs").status_code == 401
    queries = {query: filter_ for entry in asked for query, filter_ in _queries(entry)}
    assert {collection for collection, _, _ in queries} >= set(Collection) - UNASKED
    unserved = [query for query, filter_ in queries.items() if not _is_served(query, filter_)]
    assert not unserved
    updates = {query for query, filter_ in queries.items() if query[1] == "update" and not _names(filter_)}
    assert not updates - SEVERAL_AT_ONCE


def _use(api: Api, database: Path, receiver: Receiver) -> None:
    """Asks for a bit of everything."""
    with api.listening(receiver.url):
        connection = api.connect(database, name="indexes")
        job = api.ask(connection, "How many items are there?")
        statement = api.submit("execute_sql", {"connection_id": connection, "sql": "SELECT * FROM items"})
        assert api.ended(str(statement["id"]))["state"] == "succeeded"
        assert api.client.get(f"/jobs/{statement['id']}/rows").status_code == 200
        file = ("quokka.md", b"# Animals\n\nThe quokka smiles.\n", "text/markdown")
        document = api.client.post("/documents", files={"file": file}, headers={"Idempotency-Key": "quokka"}).json()
        eventually(lambda: len(receiver.received) >= 3)
        for path in LISTS:
            answer = api.client.get(path)
            assert answer.status_code < 300, answer.text
        assert api.client.get("/workspaces/ws_unknown").status_code == 404
        cancelled = api.submit("chat", {"connection_id": connection, "question": "How many items are there?"})
        for path in (f"/jobs/{cancelled['id']}/cancel", f"/connections/{connection}/test"):
            assert api.client.post(path).status_code < 300
        for path in (f"/jobs/{job['id']}", f"/documents/{document['document']['id']}", f"/connections/{connection}"):
            assert api.client.delete(path).status_code < 300


Query = tuple[str, str, str]
"""Collection, kind of command and the fields that its filter names, with their operators."""


def _queries(entry: Body) -> Iterator[tuple[Query, Mapping[str, object]]]:
    """Yields what a profiled command filters by; a page of everything is read in the order of ids."""
    command = entry["command"]
    collection = str(entry["ns"]).partition(".")[2]
    if collection not in set(Collection):
        return
    updates = [(each["q"], "update") for each in command.get("updates", ())]
    deletes = [(each["q"], "delete") for each in command.get("deletes", ())]
    finds = [(command[name], "find") for name in ("filter", "query") if name in command]
    for filter_, kind in (*updates, *deletes, *finds):
        if filter_ or not command.get("limit"):
            yield (collection, kind, ", ".join(sorted(filter_))), filter_


def _is_served(query: Query, filter_: Mapping[str, object]) -> bool:
    """Says whether the filter names documents, or begins an index, whose condition it repeats if there is one."""
    return _names(filter_) or any(_begins(index, filter_) for index in INDEXES.get(Collection(query[0]), ()))


def _names(filter_: Mapping[str, object]) -> bool:
    """Says whether the filter names its documents."""
    named = filter_.get("_id")
    return isinstance(named, str) or (isinstance(named, dict) and set(named) == {"$in"})


def _begins(index: Index, filter_: Mapping[str, object]) -> bool:
    return index.fields[0] in filter_ and set(index.partial or ()) <= set(filter_)
