"""Shortest ways from table to table over declared foreign keys."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.marks import ColumnRef

LONGEST_PATH = 4
"""Steps; a longer chain of keys rarely means what the question meant."""


@dataclass(frozen=True, slots=True)
class Step:
    """One hop from `near` to `far`. `to_parent`: every row of `near` meets at most one row of `far`."""

    near: str
    far: str
    near_columns: tuple[str, ...]
    far_columns: tuple[str, ...]
    to_parent: bool

    def reversed(self) -> "Step":
        """Returns the same key walked the other way."""
        return Step(self.far, self.near, self.far_columns, self.near_columns, not self.to_parent)


Path = tuple[Step, ...]


class JoinGraph:
    """Tables as nodes, declared references as edges."""

    def __init__(self, tables: Iterable[Table]) -> None:
        known = {table.name.lower(): table for table in tables}
        self._steps: dict[str, list[Step]] = defaultdict(list)
        self._parents: dict[ColumnRef, ColumnRef] = {}
        for child in known.values():
            for key in child.foreign_keys:
                parent = known.get(key.referred_table.lower())
                if parent is not None:
                    self._add(child, parent, tuple(zip(key.columns, key.referred_columns, strict=False)))

    def parent_of(self, ref: ColumnRef) -> ColumnRef | None:
        """Returns the column that a single-column reference points to."""
        return self._parents.get(ref)

    def paths(self, start: str, goal: str) -> tuple[Path, ...]:
        """Returns all shortest paths, none when the tables are not connected within the limit."""
        arrivals = self._arrivals(start, goal)
        found: list[Path] = [()] if goal in arrivals else []
        while found and (found[0][0].near if found[0] else goal) != start:
            found = [(step, *path) for path in found for step in arrivals[path[0].near if path else goal]]
        return tuple(found)

    def _arrivals(self, start: str, goal: str) -> dict[str, list[Step]]:
        """Walks outward level by level; each table reached knows the last steps of its shortest paths."""
        arrivals: dict[str, list[Step]] = {start: []}
        level = [start]
        for _ in range(LONGEST_PATH):
            reached: dict[str, list[Step]] = defaultdict(list)
            for table in level:
                for step in self._steps.get(table, ()):
                    if step.far not in arrivals:
                        reached[step.far].append(step)
            arrivals.update(reached)
            level = list(reached)
            if goal in reached:
                break
        return arrivals

    def _add(self, child: Table, parent: Table, pairs: tuple[tuple[str, str], ...]) -> None:
        columns = [(child.column(near), parent.column(far)) for near, far in pairs]
        near = tuple(column.name for column, _ in columns if column)
        far = tuple(column.name for _, column in columns if column)
        if not near or len(near) != len(far) or child.name == parent.name:
            return
        if len(near) == 1:
            self._parents[ColumnRef(child.name, near[0])] = ColumnRef(parent.name, far[0])
        step = Step(child.name, parent.name, near, far, to_parent=True)
        if step not in self._steps[child.name]:
            self._steps[child.name].append(step)
            self._steps[parent.name].append(step.reversed())
