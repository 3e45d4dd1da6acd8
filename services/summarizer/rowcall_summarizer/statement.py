"""What a statement says about its result: where its rows come from, what was left out, and in which order they stand.

Read from the text that the guard wrote, whose spelling is regular. What is not of the usual shape says nothing here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

_CLAUSE = re.compile(r"\b(SELECT|FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|FETCH)\b")
_SEVERAL = re.compile(r"\b(UNION|INTERSECT|EXCEPT|WITH)\b")
_NAME = r'(?:"(?:[^"]|"")*"|\w+)'
_TABLE = re.compile(rf"(?:^|\bJOIN)\s*(?:{_NAME}\.)?({_NAME})(?:\s+AS\s+({_NAME}))?")
_SHOWN = re.compile(rf"(?:({_NAME})\.)?({_NAME})(?:\s+AS\s+({_NAME}))?")
_ALIAS = re.compile(rf"\s+AS\s+{_NAME}$")
_QUALIFIED = re.compile(rf"({_NAME})\.")
_ARGUMENT = re.compile(rf"\(({_NAME})\.")
_ORDERING = re.compile(r"(?P<key>.+?)(?P<descending>\s+DESC)?(?:\s+NULLS\s+(?:FIRST|LAST))?", re.DOTALL)
_QUALIFIER = re.compile(rf"^{_NAME}\.(?={_NAME}$)")


@dataclass(frozen=True, kw_only=True)
class Ordering:
    """The first key of ORDER BY, as a column's name or an expression."""

    key: str
    descending: bool


@dataclass(frozen=True)
class Statement:
    """The outermost query of a text."""

    clauses: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Mapping[str, str]:
        """Tables by the name or alias under which columns refer to them, the first one of FROM first."""
        found = _TABLE.finditer(self.clauses.get("FROM", ""))
        return {bare(match[2] or match[1]): bare(match[1]) for match in found}

    @property
    def table(self) -> str | None:
        """The only table that rows come from."""
        return next(iter(self.tables.values())) if len(self.tables) == 1 else None

    @property
    def counted_table(self) -> str | None:
        """The table whose rows each group counts: the only one that the groups are not made of."""
        keys = (_QUALIFIED.match(key) for key in _parts(self.clauses.get("GROUP BY", "")))
        grouped = {self.tables.get(bare(key[1])) for key in keys if key is not None}
        others = [table for table in self.tables.values() if table not in grouped]
        return self.table or (others[0] if len(others) == 1 and grouped else None)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The table of each shown column that names one."""
        items = (_SHOWN.fullmatch(item) for item in _parts(self._shown))
        return {
            bare(item[3] or item[2]): self.tables[bare(item[1])]
            for item in items
            if item is not None and item[1] and bare(item[1]) in self.tables
        }

    @cached_property
    def expressions(self) -> tuple[str, ...]:
        """What is shown, without aliases."""
        return tuple(_ALIAS.sub("", item) for item in _parts(self._shown))

    @property
    def measured_table(self) -> str | None:
        """The table of the column that the first thing shown is an aggregate of."""
        match = _ARGUMENT.search(self.expressions[0]) if self.expressions else None
        return self.tables.get(bare(match[1])) if match else self.table

    @property
    def is_distinct(self) -> bool:
        """Whether rows stand for different values."""
        return self.clauses.get("SELECT", "").startswith("DISTINCT ")

    @property
    def _shown(self) -> str:
        return self.clauses.get("SELECT", "").removeprefix("DISTINCT ")

    @property
    def is_grouped(self) -> bool:
        """Whether rows stand for groups."""
        return "GROUP BY" in self.clauses

    @property
    def is_whole(self) -> bool:
        """Whether no group was left out, as far as one can tell."""
        return bool(self.clauses) and not {"HAVING", "LIMIT", "FETCH", "OFFSET"} & self.clauses.keys()

    @property
    def is_cut(self) -> bool:
        """Whether only the first rows of an order were asked for."""
        return "ORDER BY" in self.clauses and bool({"LIMIT", "FETCH"} & self.clauses.keys())

    @cached_property
    def ordering(self) -> Ordering | None:
        """The order of the rows."""
        keys = _parts(self.clauses.get("ORDER BY", ""))
        match = _ORDERING.fullmatch(keys[0]) if keys else None
        if match is None:
            return None
        return Ordering(key=bare(_QUALIFIER.sub("", match["key"])), descending=match["descending"] is not None)


def read_statement(sql: str) -> Statement:
    """Returns what can be told of a statement; nothing of a WITH or of a union, whose parts differ."""
    top = _top_level(sql)
    if _SEVERAL.search(top) or not top.startswith("SELECT"):
        return Statement()
    starts = list(_CLAUSE.finditer(top))
    ends = [start.start() for start in starts[1:]] + [len(sql)]
    return Statement({start[1]: sql[start.end() : end].strip() for start, end in zip(starts, ends, strict=True)})


def without_literals(sql: str) -> str:
    """Returns a statement with its texts emptied."""
    return re.sub(r"'(?:[^']|'')*'", "''", sql)


def bare(name: str) -> str:
    """Returns a name without its quotes."""
    return name[1:-1].replace('""', '"') if name.startswith('"') and name.endswith('"') and len(name) > 1 else name


def _top_level(sql: str) -> str:
    """Returns the text with the same length, in which brackets and everything quoted are blanked out."""
    kept: list[str] = []
    quote, depth = "", 0
    for character in sql:
        inside = bool(quote or depth)
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote, inside = character, True
        else:
            inside = inside or character == "("
            depth += (character == "(") - (character == ")")
        kept.append("_" if inside else character)
    return "".join(kept)


def _parts(clause: str) -> list[str]:
    """Returns what stands between the outermost commas."""
    top, start, parts = _top_level(clause), 0, []
    for at, character in enumerate(f"{top},"):
        if character == ",":
            parts.append(clause[start:at].strip())
            start = at + 1
    return [part for part in parts if part]
