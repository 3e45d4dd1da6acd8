"""Shortest ways from table to table over foreign keys."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

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


class _Place(NamedTuple):
    """A table reached, and whether the way there has begun to rise to parents."""

    table: str
    rising: bool


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

    def parents(self, table: str) -> tuple[Step, ...]:
        """Returns the steps to the tables that a table refers to."""
        return tuple(step for step in self._steps.get(table, ()) if step.to_parent)

    def paths(self, start: str, goal: str) -> tuple[Path, ...]:
        """Returns all shortest paths, none when the tables are not connected within the limit.

        A path may go down to rows that refer to it and then up to what those refer to, as over a bridge table. Up and
        then down again would only say that two rows share a parent: students and courses of one department.
        """
        arrivals = self._arrivals(start, goal)
        found: list[tuple[_Place, Path]] = [(place, ()) for place in arrivals if place.table == goal]
        while found and found[0][0].table != start:
            found = [(before, (step, *path)) for place, path in found for before, step in arrivals[place]]
        return tuple(dict.fromkeys(path for _, path in found))

    def _arrivals(self, start: str, goal: str) -> dict["_Place", list[tuple["_Place", Step]]]:
        """Walks outward level by level; each place reached knows the last steps of its shortest paths."""
        level = [_Place(start, rising=False)]
        arrivals: dict[_Place, list[tuple[_Place, Step]]] = {level[0]: []}
        for _ in range(LONGEST_PATH):
            reached: dict[_Place, list[tuple[_Place, Step]]] = defaultdict(list)
            for place in level:
                for step in self._steps.get(place.table, ()):
                    after = _Place(step.far, rising=step.to_parent)
                    if after not in arrivals and step.far != start and (step.to_parent or not place.rising):
                        reached[after].append((place, step))
            arrivals.update(reached)
            level = list(reached)
            if any(place.table == goal for place in reached):
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
