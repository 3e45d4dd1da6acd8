"""The date that a question about a period means: of the event that it counts, by the verb that it uses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, Duration, Meaning, Measure
from rowcall_sqlgen.engine.word_stems import is_said, stems
from rowcall_sqlgen.engine.words import Word

_NO_NAMES = frozenset({"date", "time", "day", "at", "on", "timestamp", "datetime", "month", "year", "last", "first"})
_PARTICIPLE = "ed"
_RECORDED = frozenset({"created", "create", "crtd", "inserted", "insert", "added", "recorded", "loaded"})
_SELDOM_MEANT = frozenset(
    "updated update modified changed birth birthday dob expiry expiration expires due end ended deleted read".split()
)


@dataclass(frozen=True, slots=True)
class EventDate:
    """A date column; `step` leads to its table where the query does not read that one."""

    column: ColumnRef
    step: Step | None = None


def event_date(query: Meaning, question: Sequence[Word], index: SchemaIndex) -> EventDate | None:
    """Returns the date that a period in the question restricts, `None` where nothing says which.

    A column that the question names comes first, be it one join away; then dates of what is counted, those of other
    tables read, and of what these refer to. When rows were recorded is meant where there is no other date.
    """
    grouped = next((part.column for part in query.group if isinstance(part, CalendarPart)), None)
    if grouped:
        return EventDate(grouped)
    said = stems(word.lower for word in question)
    own = [_Rated.of(ref, at, said, index=index, own=True) for at, ref in enumerate(_own_dates(query, index))]
    best = min(own, key=_Rated.key, default=None)
    if best and best.named:
        return EventDate(best.ref)
    near = [
        (_Rated.of(ref, at, said, index=index), step)
        for step in _steps(query, index)
        for at, ref in enumerate(_dates(step.far, index))
    ]
    meant = [(rated, step) for rated, step in near if rated.named or (step.to_parent and best is None)]
    if best and best.kind == 0 and not meant:
        return EventDate(best.ref)
    if meant:
        rated, step = min(meant, key=lambda pair: pair[0].key())
        if rated.named or rated.kind < _SELDOM:
            return EventDate(rated.ref, step)
    return EventDate(best.ref) if best and (best.kind < _SELDOM or _is_current(best.ref)) else None


def names_date(verb: str, index: SchemaIndex) -> bool:
    """Says whether a date is called by the verb: `date_reported` by `reported`, `shipment_date` by `shipped`."""
    said = stems([verb]) if verb.endswith(_PARTICIPLE) else frozenset[str]()
    dates = (ref for table in index.tables for ref in _dates(table, index))
    return any(is_said(name, said) for ref in dates for name in set(spelled_words(ref.column)) - _NO_NAMES)


_SELDOM = 2


@dataclass(frozen=True, slots=True)
class _Rated:
    """How well a date column suits; `kind`: 0 of an event, 1 of the record, 2 seldom meant unless named."""

    ref: ColumnRef
    named: int
    kind: int
    may_lack: bool
    at: int

    @classmethod
    def of(cls, ref: ColumnRef, at: int, said: frozenset[str], *, index: SchemaIndex, own: bool = False) -> "_Rated":
        """`own`: of a table that the query reads anyway, whose name in a column's therefore says nothing more."""
        column = index.column(ref)
        names = set(spelled_words(ref.column))
        telling = names - _NO_NAMES - (set(spelled_words(ref.table)) if own else set())
        named = sum(is_said(name, said) for name in telling)
        kind = _SELDOM if names & _SELDOM_MEANT else int(bool(names & _RECORDED))
        may_lack = column.nullable and column.profile.null_count != 0
        return cls(ref, named, kind, may_lack, at)

    def key(self) -> tuple[int, bool, int, int]:
        return (-self.named, self.may_lack, self.kind, self.at)


def _is_current(ref: ColumnRef) -> bool:
    """A balance has no other date than that of its last change."""
    return bool({"updated", "update", "modified", "changed"} & set(spelled_words(ref.column)))


def _own_dates(query: Meaning, index: SchemaIndex) -> Iterable[ColumnRef]:
    return [ref for table in event_tables(query) for ref in _dates(table, index)]


def event_tables(query: Meaning) -> tuple[str, ...]:
    """Returns the tables that the query reads, those whose rows it counts or sums first."""
    shown = [*query.items, *(order.item for order in query.order)]
    measured = [item.table for item in shown if isinstance(item, Measure | Duration)]
    return tuple(dict.fromkeys([*measured, query.source, *(join.step.far for join in query.joins)]))


def _dates(table: str, index: SchemaIndex) -> list[ColumnRef]:
    return [ref for ref in index.columns(table) if index.is_date(ref)]


def _steps(query: Meaning, index: SchemaIndex) -> list[Step]:
    """Keys to what the tables read refer to, then keys of single columns that refer to them."""
    tables = (query.source, *(join.step.far for join in query.joins))
    up = [step for table in tables for step in index.graph.parents(table)]
    down = [step.reversed() for table in index.tables for step in index.graph.parents(table) if step.far in tables]
    return [step for step in (*up, *down) if step.far not in tables and len(step.near_columns) == 1]
