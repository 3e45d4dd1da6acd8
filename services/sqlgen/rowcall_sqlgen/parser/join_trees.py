"""The tables of a query joined with the fewest steps."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.joins import JoinGraph, Path, Step
from rowcall_sqlgen.engine.meaning import Join
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS
from rowcall_sqlgen.engine.word_stems import is_said, stems

_MOST_ROOTS = 4


class JoinTrees:
    """Tables as nodes, keys as edges in both directions.

    `said`: words of the question in lower case. Of several keys between the same tables, such as those of the airports
    that a flight leaves and reaches, the one that they name best comes first.
    """

    def __init__(self, tables: Iterable[str], keys: JoinGraph, said: Iterable[str] = ()) -> None:
        self.keys = keys
        self._order = {name: at for at, name in enumerate(tables)}
        self._steps: dict[str, list[Step]] = {name: [] for name in self._order}
        said = frozenset(said)
        for step in (step for name in self._order for step in _best_said(keys.parents(name), said)):
            self._steps[step.near].append(step)
            self._steps[step.far].append(step.reversed())

    def steps(self, table: str) -> Sequence[Step]:
        """Returns the keys from and to a table, as steps from there."""
        return self._steps[table]

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


def _best_said(steps: Sequence[Step], said: frozenset[str]) -> list[Step]:
    """Puts those first whose keys the words name best; the order of the others stays."""
    by_goal = defaultdict[str, list[Step]](list)
    for step in steps:
        by_goal[step.far].append(step)
    named = {step: _times_named(step, by_goal[step.far], said) for step in steps if len(by_goal[step.far]) > 1}
    return sorted(steps, key=lambda step: -named.get(step, 0))


def _times_named(step: Step, rivals: Sequence[Step], said: frozenset[str]) -> int:
    """Counts the words of a key, those apart that all its rivals have, too."""
    shared = frozenset.intersection(*(_key_words(rival) for rival in rivals))
    stems_said = stems(word for word in said if word not in ROLE_WORDS)
    return sum(_is_named(word, said, stems_said) for word in _key_words(step) - shared)


def _key_words(step: Step) -> frozenset[str]:
    return frozenset(word for name in step.near_columns for word in spelled_words(name))


def _is_named(word: str, said: frozenset[str], stems_said: frozenset[str]) -> bool:
    meant = (wanted for wanted, _ in ROLE_WORDS.values() if word in wanted)
    return is_said(word, stems_said) or any(said & wanted - ROLE_WORDS.keys() for wanted in meant)
