"""A large index cut down to the tables that one question needs, so that reading takes as long as in a small schema."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from rowcall_sqlgen.engine.index import Link, SchemaIndex, ValueLink
from rowcall_sqlgen.engine.joins import JoinGraph
from rowcall_sqlgen.engine.role_nouns import role_tables
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.engine.table_words import table_words
from rowcall_sqlgen.engine.terms import Terms
from rowcall_sqlgen.engine.words import Word

MOST_TABLES = 16
"""What the parser weighs at once."""

Key = TypeVar("Key")
Found = TypeVar("Found", bound=Link | ValueLink)


def focused(question: Sequence[Word], index: SchemaIndex) -> SchemaIndex:
    """Returns an index of the tables that the question needs most; of a small schema the index itself."""
    if len(index.tables) <= MOST_TABLES:
        return index
    ranked = dict.fromkeys([*ranked_tables(question, index), *index.tables])
    return of_tables(index, frozenset(list(ranked)[:MOST_TABLES]))


def of_tables(index: SchemaIndex, kept: Collection[str]) -> SchemaIndex:
    """Returns an index that answers as one built of these tables alone would; it looks things up in the larger one."""
    tables = {name: table for name, table in index.tables.items() if name in kept}
    graph = JoinGraph(tables.values())
    said = {phrase: mention for phrase, mention in index.terms.said.items() if mention.table in tables}
    return SchemaIndex(
        dialect=index.dialect,
        tables=tables,
        names={name: index.names[name] for name in tables},
        phrases=_Kept(index.phrases, lambda link: link.mention.table in tables),
        values=_Kept(index.values, lambda link: link.mention.table in tables),
        parts=_Kept(index.parts, lambda link: link.mention.table in tables),
        graph=graph,
        roles=role_tables(tables.values()),
        table_words=table_words(tables, graph, declared=graph),  # of few tables, an inferred key may be believed
        terms=Terms(said, index.terms.defined),
    )


class _Kept(Mapping[Key, tuple[Found, ...]], Generic[Key, Found]):
    """The links of a larger mapping that pass a test; keys without any are not there."""

    def __init__(self, links: Mapping[Key, tuple[Found, ...]], passes: Callable[[Found], bool]) -> None:
        self._links = links
        self._passes = passes

    def __getitem__(self, key: Key) -> tuple[Found, ...]:
        found = tuple(link for link in self._links[key] if self._passes(link))
        if not found:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._links if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
