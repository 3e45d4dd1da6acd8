"""Tables and columns as a prompt shows them: no more than the connection shares, and no more than fits."""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rowcall_contracts.catalog import Column, Table
from rowcall_contracts.resources import LlmShare
from rowcall_contracts.results import Cell
from rowcall_sqlgen.engine.marks import ColumnRef, ValueMention
from rowcall_sqlgen.llm.data_text import is_plain_cell, is_plain_name, plain

MOST_VALUES = 20
LONGEST_DESCRIPTION = 300
_BYTES_PER_TOKEN = 3
_MISSES_TO_STOP = 20

Json = Mapping[str, object]


def estimated_tokens(document: object) -> int:
    """Returns how many tokens a document takes, rather too many: common tokenizers put 3 to 4 bytes of JSON in one."""
    return math.ceil(len(json.dumps(document, ensure_ascii=False).encode()) / _BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaView:
    """One connection's schema as it may be told; `named` and `matches`: columns and values that the question names."""

    tables: Mapping[str, tuple[Table, ...]]
    share: LlmShare
    named: frozenset[ColumnRef] = frozenset()
    matches: tuple[ValueMention, ...] = ()

    def fitting(self, ranked: Sequence[str], tokens: int, *, needed: int) -> list[Json]:
        """Returns the tables in their order, as many as fit; of one too wide, the columns that matter most.

        The first `needed` get equal shares of the tokens, and what small ones leave of theirs goes to the wider: one
        wide table may not crowd out the one that it is to be joined with.
        """
        shown: dict[str, list[Json]] = {}
        misses = 0
        for at, name in enumerate([*sorted(ranked[:needed], key=self._width), *ranked[needed:]]):
            for table in self.tables[name]:
                if (described := self._fitted(table, tokens // max(1, needed - at))) is None:
                    misses += 1
                    continue
                tokens -= estimated_tokens(described) + 1
                shown.setdefault(name, []).append(described)
            if misses >= _MISSES_TO_STOP:
                break
        return [described for name in ranked for described in shown.get(name, ())]

    def _width(self, name: str) -> int:
        return sum(len(table.columns) for table in self.tables[name])

    def _fitted(self, table: Table, tokens: int) -> Json | None:
        if not is_plain_name(table.name):
            return None
        columns = {column.name: self._column(table, column) for column in table.columns if is_plain_name(column.name)}
        described = _table(table, list(columns.values()))
        if estimated_tokens(described) <= tokens:
            return described
        left = tokens - estimated_tokens(_table(table, []))
        kept: set[str] = set()
        for name in sorted(columns, key=lambda name: name not in self._needed(table)):
            left -= estimated_tokens(columns[name]) + 1
            if left < 0:
                break
            kept.add(name)
        return _table(table, [column for name, column in columns.items() if name in kept]) if kept else None

    def _needed(self, table: Table) -> set[str]:
        """Returns the columns that joins, or the question, cannot do without."""
        keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
        keys |= {ref.column for ref in self.named if ref.table == table.name}
        return keys | {mention.column.column for mention in self.matches if mention.table == table.name}

    def _column(self, table: Table, column: Column) -> Json:
        described: dict[str, object] = {"name": column.name, "type": plain(column.type, LONGEST_DESCRIPTION)}
        if not column.nullable:
            described["nullable"] = False
        if column.description:
            described["description"] = plain(column.description, LONGEST_DESCRIPTION)
        if self.share is not LlmShare.SCHEMA:
            described |= self._values(ColumnRef(table.name, column.name), column)
        if self.share is LlmShare.ROWS:
            described |= _filled(samples=_cells(column.profile.samples))
        return described

    def _values(self, ref: ColumnRef, column: Column) -> Json:
        """Returns some of the column's values, those that the question names first, and its range."""
        named = [mention.value for mention in self.matches if mention.column == ref]
        profile = column.profile
        values = _cells(dict.fromkeys((*named, *profile.values)))
        ends = _cells((profile.minimum, profile.maximum))
        return _filled(values=values[:MOST_VALUES], range=ends if len(ends) == 2 else [])


def _table(table: Table, columns: list[Json]) -> Json:
    return {
        "name": table.name,
        **_filled(
            schema=table.namespace if table.namespace and is_plain_name(table.namespace) else None,
            description=plain(table.description or "", LONGEST_DESCRIPTION),
            rows=table.row_count,
            omitted_columns=len(table.columns) - len(columns),
            primary_key=_names(table.primary_key),
            foreign_keys=_foreign_keys(table),
        ),
        "columns": columns,
    }


def _foreign_keys(table: Table) -> list[Json]:
    return [
        {"columns": list(key.columns), "table": key.referred_table, "referred": list(key.referred_columns)}
        for key in table.foreign_keys
        if all(map(is_plain_name, (*key.columns, key.referred_table, *key.referred_columns)))
    ]


def _names(names: Collection[str]) -> list[str]:
    return [name for name in names if is_plain_name(name)]


def _cells(values: Iterable[Cell]) -> list[Cell]:
    return [value for value in values if is_plain_cell(value)]


def _filled(**members: object) -> dict[str, object]:
    """Leaves out what says nothing."""
    return {name: value for name, value in members.items() if value}
