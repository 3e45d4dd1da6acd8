"""Orders for all rows."""

from rowcall_sqlgen.engine.clauses import SortBy
from rowcall_sqlgen.engine.grammar.measures import measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, Cue
from rowcall_sqlgen.engine.meaning import Measure

_WAYS = (Cue.ASCENDING, Cue.DESCENDING)


def order(marks: Marks, scene: Scene) -> Found | None:
    """`sorted by seats descending`, `in descending order of seats`, `alphabetically`, `by month and day`."""
    match marks:
        case [Cue.SORT, Cue.ASCENDING | Cue.DESCENDING as way, *rest]:
            links = _links(rest)
            return _sorted(rest[links:], scene, taken=2 + links, way=way)
        case [Cue.SORT, *rest]:
            return _sorted(rest, scene, taken=1, way=None)
        case [Cue.ASCENDING | Cue.DESCENDING as way, *rest]:
            links = _links(rest)
            return _sorted(rest[links:], scene, taken=1 + links, way=way)
    return None


def sortable(marks: Marks, scene: Scene) -> tuple[ColumnRef | Measure | None, int]:
    """Reads what rows may be sorted by, and how many marks it took."""
    match marks:
        case [ColumnMention(columns), *_]:
            return columns[-1], 1
        case [Cue.COUNT, ColumnMention((ref,)), *_] if scene.index.is_quantity(ref):
            return ref, 2
    found = measure(marks, scene)
    return (found.measure, found.length) if found else (None, 0)


def _links(marks: Marks) -> int:
    """Marks between the direction and what it applies to: `in descending order of`."""
    return next((at for at, mark in enumerate(marks) if mark not in (Cue.OF, Cue.BY)), 0)


def _sorted(marks: Marks, scene: Scene, *, taken: int, way: Cue | None) -> Found | None:
    item, length = sortable(marks, scene)
    if item is None:
        return Found(taken, (SortBy(None, way is Cue.DESCENDING),)) if way else None
    extra, all_descending = 0, way is Cue.DESCENDING
    if way is None:
        after = marks[length : length + 2]
        extra = next((at + 1 for at, mark in enumerate(after) if mark in _WAYS), 0)
        way = Cue.DESCENDING if extra and after[extra - 1] is Cue.DESCENDING else Cue.ASCENDING
    first = SortBy(item, way is Cue.DESCENDING)
    further = _further(marks[length + extra :], scene, descending=all_descending)
    return Found(taken + length + extra + further.length, (first, *further.clauses))


def _further(marks: Marks, scene: Scene, *, descending: bool) -> Found:
    """A second key, when the question ends with it."""
    if marks and marks[0] is Cue.AND:
        item, length = sortable(marks[1:], scene)
        if item is not None and length + 1 == len(marks):
            return Found(len(marks), (SortBy(item, descending),))
    return Found(0)
