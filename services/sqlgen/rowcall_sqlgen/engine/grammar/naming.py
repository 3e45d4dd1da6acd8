"""What the question asks to see, and what it is about."""

from rowcall_sqlgen.engine.clauses import Either, Focus, Once, Show
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.marks import ColumnMention, Cue, Role, TableMention, ValueMention
from rowcall_sqlgen.engine.meaning import AllColumns

_IDLE = frozenset({Cue.AND, Cue.WITH, Cue.OF, Cue.IS, Cue.SOME, Cue.WHICH, Cue.BREAK, Cue.EITHER})
_LIST_LINKS = (Cue.AND, Cue.WHICH, Cue.DISTINCT, Cue.BREAK)


def shown_column(marks: Marks, scene: Scene) -> Found | None:
    """`names and seats`: columns in one list; one that stands elsewhere belongs to a condition that was not read."""
    if misplaced_value(marks) or (scene.started and not _continues_list(scene)):
        return None
    match marks:
        case [Cue.WHICH | Cue.DISTINCT, ColumnMention(columns), *_]:
            return Found(2, (Once(), *map(Show, columns)))
        case [Cue.WHICH, Cue.DISTINCT, ColumnMention(columns), *_]:
            return Found(3, (Once(), *map(Show, columns)))
        case [ColumnMention(columns), *_]:
            return Found(1, tuple(map(Show, columns)))
    return None


def _continues_list(scene: Scene) -> bool:
    """A list goes on after `and`, and begins after `top 5`; `the airline's name`: a column follows its table's name."""
    return (
        scene.capped or scene.previous in _LIST_LINKS or (isinstance(scene.previous, TableMention) and not scene.shown)
    )


def misplaced_value(marks: Marks) -> bool:
    """`whose origin is LAX` where LAX is no origin: reading on would drop the condition and answer another question."""
    match marks:
        case [ColumnMention(columns), Cue.IS, ValueMention(holder), *_]:
            return holder not in columns
        case [Cue.WITH, ColumnMention(columns), ValueMention(holder), *_]:
            return holder not in columns
    return False


def everything(marks: Marks, _: Scene) -> Found | None:
    """`all information about the customers`."""
    match marks:
        case [Cue.EVERYTHING, Cue.OF, TableMention(table), *_]:
            return Found(3, (Focus(table), Show(AllColumns(table))))
        case [Cue.EVERYTHING, TableMention(table), *_]:
            return Found(2, (Focus(table), Show(AllColumns(table))))
        case [TableMention(table), Cue.EVERYTHING, *_]:
            return Found(2, (Focus(table), Show(AllColumns(table))))
    return None


def focus(marks: Marks, _: Scene) -> Found | None:
    """A table that is named and nothing more."""
    match marks:
        case [Role(word), TableMention(table), *_]:
            return Found(2, (Focus(table, word),))
        case [TableMention(table), *_]:
            return Found(1, (Focus(table),))
        case [Cue.DISTINCT, TableMention(table), *_]:
            return Found(2, (Once(), Focus(table)))
    return None


def idle(marks: Marks, scene: Scene) -> Found | None:
    """Words that only link."""
    match marks:
        case [Cue.OR, *_]:
            return Found(1, (Either(),))
        case [Cue.WITH, *rest] if misplaced_value(marks) or not rest:
            return None
        case [Role(), *_]:
            return Found(1)
        case [Cue.RANKED, *rest] if not scene.started and Cue.BY in rest:
            return Found(1)
        case [Cue.BY, *_] if (scene.shown or scene.table) and not scene.ranked:
            return Found(1)
        case [mark, *_] if mark in _IDLE:
            return Found(1)
    return None
