"""Changed rows of one table: other values, ties, rows twice, another order; keys, references and mentioned values stay.

After the fuzzed databases of the test-suite evaluation (Zhong, Yu and Klein 2020): a statement that is right by luck on
one database gives itself away on another one of the same structure.
"""

from collections.abc import Sequence
from random import Random

from rowcall_sqlgen.evaluate.literals import Literals, Value
from rowcall_sqlgen.evaluate.table_structure import TableStructure

_BORROWED = 0.25
"""Share of cells that take the value of another row: ties, and other results for every filter and join."""
_NAMESAKES = 0.05
"""The same for texts that hardly ever repeat: names by which people tell rows apart, so ties are rare."""
_HARDLY_EVER = 0.9
"""Least share of different values."""
_CHANGED = 0.25
"""Share of the remaining cells of columns with many values that take a value of their own."""
_MANY_VALUES = 10
_REPEATED = 0.1
_MOST_REPEATED = 50
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Row = tuple[Value, ...]


def perturbed(rows: Sequence[Row], structure: TableStructure, literals: Literals, *, random: Random) -> list[Row]:
    """Returns the rows of a changed copy; the same `random` gives the same rows."""
    if not rows:
        return []
    columns = [
        list(column)
        if i in structure.fixed
        else _column(column, literals, random, takes_new=i not in structure.references)
        for i, column in enumerate(zip(*rows, strict=True))
    ]
    changed: list[Row] = list(zip(*columns, strict=True))
    changed += _repeated(changed, structure, random)
    random.shuffle(changed)
    return changed


def _column(values: Sequence[Value], literals: Literals, random: Random, *, takes_new: bool) -> list[Value]:
    distinct = set(values)
    borrowed = _NAMESAKES if _are_names(values) else _BORROWED
    changed = _CHANGED if takes_new and len(distinct) > _MANY_VALUES else 0.0

    def cell(value: Value) -> Value:
        if literals.mention(value):
            return value
        if random.random() < borrowed:
            return random.choice(values)
        return _near(value, random) if random.random() < changed else value

    return [cell(value) for value in values]


def _are_names(values: Sequence[Value]) -> bool:
    known = [value for value in values if value is not None]
    return all(isinstance(value, str) for value in known) and len(set(known)) >= _HARDLY_EVER * len(known)


def _near(value: Value, random: Random) -> Value:
    """Returns another value of the same type and kind; dates, codes and blobs come back as they are."""
    if isinstance(value, int):
        reach = max(1, abs(value) // 10)
        return value + random.randint(-reach if value > reach else 0, reach)
    if isinstance(value, float):
        return round(value * random.uniform(0.9, 1.1), 2)
    if isinstance(value, str) and value.replace(" ", "").isalpha():
        return value + random.choice(_LETTERS)
    return value


def _repeated(rows: Sequence[Row], structure: TableStructure, random: Random) -> list[Row]:
    """Returns some rows a second time, where no key forbids it."""
    if structure.unique:
        return []
    return random.sample(rows, min(max(1, int(len(rows) * _REPEATED)), _MOST_REPEATED, len(rows)))
