"""Which join path a question takes, and what the FROM clause becomes."""

from collections.abc import Iterable, Mapping

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.joins import JoinGraph, Path, Step
from rowcall_sqlgen.engine.meaning import Join
from rowcall_sqlgen.engine.problems import NoWay, SeveralWays
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS


class Routes:
    """Join paths under the roles that the question gave to tables: `to airports` goes over the destination."""

    def __init__(self, graph: JoinGraph, roles: Mapping[str, str]) -> None:
        self._graph = graph
        self._roles = roles

    def path(self, start: str, goal: str) -> Path:
        """Returns the one shortest path. Raises `NoWay` or `SeveralWays`."""
        if start == goal:
            return ()
        paths = self._graph.paths(start, goal)
        if not paths:
            raise NoWay(start, goal)
        suited = [path for path in paths if self._suits(path)] if len(paths) > 1 else list(paths)
        if len(suited) != 1:
            raise SeveralWays(tuple(sorted({_described(path) for path in suited or paths})))
        return suited[0]

    def only_to_parents(self, start: str, goal: str) -> bool:
        """Says whether a row of `start` meets at most one row of `goal`."""
        return all(step.to_parent for step in self.path(start, goal))

    def tree(self, root: str, tables: Iterable[str]) -> tuple[Join, ...]:
        """Returns the joins that reach all tables from the root, tables on the way included."""
        reached = [root]
        joins: list[Join] = []
        for table in tables:
            if table in reached:
                continue
            path = min(
                (self.path(start, table) for start in reached if self._connected(start, table)), key=len, default=None
            )
            if path is None:
                raise NoWay(root, table)
            for step in path:
                if step.far not in reached:
                    reached.append(step.far)
                    joins.append(Join(step))
        return tuple(joins)

    def _connected(self, start: str, goal: str) -> bool:
        return bool(self._graph.paths(start, goal))

    def _suits(self, path: Path) -> bool:
        """Says whether the path's keys fit the roles of the tables that it reaches."""
        fits = False
        for step in path:
            role = self._roles.get(step.far) or self._roles.get(step.near)
            words = {word for name in _key(step) for word in spelled_words(name)}
            if role in ROLE_WORDS:
                wanted, refused = ROLE_WORDS[role]
                if words & refused:
                    return False
                fits = fits or bool(words & wanted)
        return fits


def _key(step: Step) -> tuple[str, ...]:
    return step.near_columns if step.to_parent else step.far_columns


def _described(path: Path) -> str:
    return " and ".join(f"{s.near if s.to_parent else s.far}.{', '.join(_key(s))}" for s in path)
