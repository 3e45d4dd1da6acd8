"""Words that tell two keys between the same tables apart: `arrivals` are flights by their destination."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS

Mentions = Mapping[str, tuple[TableMention, ...]]


@dataclass(frozen=True, slots=True)
class RoleTables:
    """Tables per role: `holders` have the two keys (`arrivals`), `ends` are what those lead to (`origin airport`)."""

    holders: Mentions
    ends: Mentions


def role_tables(tables: Iterable[Table]) -> RoleTables:
    """Returns the tables that a role can speak of: one of several keys to one table fits it, and another does not."""
    holders: dict[str, dict[TableMention, None]] = defaultdict(dict)
    ends: dict[str, dict[TableMention, None]] = defaultdict(dict)
    for table in tables:
        for end, keys in _keys(table).items():
            for role, (wanted, refused) in ROLE_WORDS.items():
                fitting = [words for words in keys if words & wanted and not words & refused]
                if len(fitting) == 1 and any(words & refused for words in keys):
                    holders[role][TableMention(table.name, role)] = None
                    ends[role][TableMention(end, role)] = None
    return RoleTables(_frozen(holders), _frozen(ends))


def _keys(table: Table) -> dict[str, list[frozenset[str]]]:
    """The words of each key, by the table that it leads to."""
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for key in table.foreign_keys:
        found[key.referred_table].append(frozenset(word for name in key.columns for word in spelled_words(name)))
    return found


def _frozen(mentions: Mapping[str, Mapping[TableMention, None]]) -> Mentions:
    return {role: tuple(found) for role, found in mentions.items()}
