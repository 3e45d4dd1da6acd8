"""Applies what a follow-up asks for to a copy of the statement, and says what was changed."""

from collections.abc import Iterable, Iterator, Sequence

from rowcall_sqlgen.engine.clauses import Absent, Cap, Dated, Either, Filter, Focus, Group, Once, Rank, Show, SortBy
from rowcall_sqlgen.engine.grouping import group_columns
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import AllColumns, Measure, measure_of, tables_of
from rowcall_sqlgen.follow_up import conditions, counting, groups, showing, sorting, where
from rowcall_sqlgen.follow_up.changes import (
    Change,
    CountAnswer,
    CountOnce,
    NoEdit,
    Recompute,
    Remove,
    Top,
    TurnAround,
    Unlimit,
)
from rowcall_sqlgen.follow_up.showing import Way
from rowcall_sqlgen.follow_up.statement import Statement
from rowcall_sqlgen.follow_up.utterance import Sign


def edited(statement: Statement, changes: Sequence[Change], signs: frozenset[Sign]) -> tuple[Statement, str]:
    """Returns the changed statement and one sentence about the changes.

    Raises:
        NoEdit, NoMeaning: the changes do not fit the statement.
    """
    _require_all_used(statement, changes)
    editing = _Editing(statement.copy(), changes, signs)
    told = [sentence for sentence in editing.apply() if sentence]
    if not told:
        raise NoEdit("the words change nothing")
    return editing.statement, f"The statement before was changed: {'; '.join(told)}."


def _require_all_used(statement: Statement, changes: Sequence[Change]) -> None:
    """Nothing that was said may be passed over: a table that is only named, or an `or`, is no change."""
    told = {table for change in changes for table in _tables(change)}
    for change in changes:
        if isinstance(change, Either) or (isinstance(change, Focus) and change.table not in told):
            name = change.table if isinstance(change, Focus) else "or"
            raise NoEdit(f"it is not clear what `{name}` changes")


def _tables(change: Change) -> Iterable[str]:
    match change:
        case Filter(predicate):
            measure = measure_of(predicate)
            return tables_of(predicate) if measure is None else {measure.table}
        case Show(item) | Rank(item):
            return (item.table,)
        case Group(target):
            return (target if isinstance(target, str) else target.table,)
    return ()


class _Editing:
    """One run over the changes. Conditions and groups go before order and number, which follow from them."""

    def __init__(self, statement: Statement, changes: Sequence[Change], signs: frozenset[Sign]) -> None:
        self.statement = statement
        self._changes = changes
        self._signs = signs
        self._adds = bool(signs & {Sign.ADDS, Sign.AND}) and Sign.INSTEAD not in signs

    def apply(self) -> Iterator[str]:
        """Makes the changes and yields what is done."""
        yield from self._rows()
        yield from self._shown()
        yield from self._order()

    def _rows(self) -> Iterator[str]:
        for change in self._changes:
            match change:
                case Remove():
                    yield self._removed(change)
                case Filter():
                    yield conditions.apply_filter(self.statement, change, self._signs)
                case Dated():
                    yield conditions.apply_date(self.statement, change, self._signs)
                case Absent():
                    yield conditions.apply_absence(self.statement, change)

    def _removed(self, change: Remove) -> str:
        told = where.remove(self.statement, change.mention) or showing.hide(self.statement, change.mention)
        if told is None:
            raise NoEdit("nothing in the statement before restricts or shows it")
        return told

    def _shown(self) -> Iterator[str]:
        kinds = [change for change in self._changes if isinstance(change, Group)]
        items = [change.item for change in self._changes if isinstance(change, Show)]
        measures = [item for item in items if isinstance(item, Measure)]
        refs = [item for item in items if isinstance(item, ColumnRef)]
        if measures:
            yield showing.show_measures(self.statement, measures, adds=self._adds)
        if refs and not kinds:
            yield showing.show_columns(self.statement, refs, self._way())
        if kinds:
            yield self._grouped(kinds)
        yield from (
            showing.show_everything(self.statement, item.table) for item in items if isinstance(item, AllColumns)
        )
        yield from self._counted()
        if Once() in self._changes and (not measures or Sign.ONCE in self._signs):
            yield counting.show_once(self.statement)

    def _counted(self) -> Iterator[str]:
        for change in self._changes:
            match change:
                case CountAnswer():
                    yield counting.count_answer(self.statement, change)
                case CountOnce():
                    yield counting.count_once(self.statement, change)
                case Recompute():
                    yield showing.recompute(self.statement, change, adds=self._adds)

    def _grouped(self, wanted: Sequence[Group]) -> str:
        refs = [ref for group in wanted for ref in self._group_refs(group)]
        groups.regroup(self.statement, [self.statement.column(ref) for ref in refs], adds=self._adds)
        return f"there is one row per {' and '.join(f'{ref.table}.{ref.column}' for ref in refs)}"

    def _group_refs(self, group: Group) -> Iterable[ColumnRef]:
        if isinstance(group.target, ColumnRef):
            return (group.target,)
        names = self.statement.index.names[group.target]
        return names if len(names) == 1 else group_columns((group,), (), self.statement.index)

    def _order(self) -> Iterator[str]:
        cap = next((change.count for change in self._changes if isinstance(change, Cap)), None)
        ranked = any(isinstance(change, Rank) for change in self._changes)
        for at, change in enumerate(self._changes):
            match change:
                case SortBy():
                    earlier = any(isinstance(each, SortBy) for each in self._changes[:at])
                    yield sorting.sort(self.statement, change, adds=self._adds or earlier)
                case Rank():
                    yield sorting.rank(self.statement, change, cap)
                case TurnAround():
                    yield sorting.turn_around(self.statement)
                case Unlimit():
                    yield sorting.unlimit(self.statement)
                case Top():
                    yield sorting.top(self.statement, change)
                case Cap(count) if not ranked:
                    yield sorting.limit(self.statement, count)

    def _way(self) -> Way:
        if self._adds:
            return Way.ADD
        return Way.REPLACE if Sign.INSTEAD in self._signs else Way.EITHER
