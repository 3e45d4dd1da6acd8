"""The tables of a query joined with the fewest steps."""

from collections import deque
from collections.abc import Iterable, Sequence

from rowcall_sqlgen.engine.joins import JoinGraph, Path, Step
from rowcall_sqlgen.engine.meaning import Join

_MOST_ROOTS = 4


class JoinTrees:
    """Tables as nodes, keys as edges in both directions."""

    def __init__(self, tables: Iterable[str], keys: JoinGraph) -> None:
        self._order = {name: at for at, name in enumerate(tables)}
        self._steps: dict[str, list[Step]] = {name: [] for name in self._order}
        for step in (step for name in self._order for step in keys.parents(name)):
            self._steps[step.near].append(step)
            self._steps[step.far].append(step.reversed())

    def tree(self, tables: Sequence[str]) -> tuple[str, tuple[Join, ...]] | None:
        """Returns the first table of FROM and the joins that reach all others; `None` where they do not connect."""
        wanted = tuple(dict.fromkeys(tables))
        grown = [tree for root in wanted[:_MOST_ROOTS] if (tree := self._grown(root, wanted)) is not None]
        return min(grown, key=lambda tree: len(tree[1]), default=None)

    def _grown(self, root: str, wanted: Sequence[str]) -> tuple[str, tuple[Join, ...]] | None:
        reached, joins = [root], list[Join]()
        missing = [table for table in wanted if table != root]
        while missing:
            paths = [path for table in missing if (path := self._path(reached, table))]
            if not paths:
                return None
            for step in min(paths, key=len):
                if step.far not in reached:
                    reached.append(step.far)
                    joins.append(Join(step))
            missing = [table for table in missing if table not in reached]
        return root, tuple(joins)

    def _path(self, starts: Sequence[str], goal: str) -> Path:
        came: dict[str, Step | None] = dict.fromkeys(sorted(starts, key=self._order.__getitem__))
        queue = deque(came)
        while queue and goal not in came:
            for step in self._steps[queue.popleft()]:
                if step.far not in came:
                    came[step.far] = step
                    queue.append(step.far)
        path: list[Step] = []
        last = came.get(goal)
        while last is not None:
            path.append(last)
            last = came[last.near]
        return tuple(reversed(path))
