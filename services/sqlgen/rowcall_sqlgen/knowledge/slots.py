"""Where a stored question and its SQL name the same value, so that another value can take its place in both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.engine.words import plain_words
from rowcall_sqlgen.knowledge.questions import tokens

LONGEST_VALUE = 8
"""Tokens of a value that stands in a question without quotes."""

_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like)
Values = Mapping[tuple[str, ...], tuple[str, ...]]
"""Stored values by their lower-case words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Tokens `start` to `end` of the question and literal `at` of the statement, in the order of its tree.

    `prefix` and `suffix` are wildcards around a text; `values` are those of the column that it is compared with.
    """

    start: int
    end: int
    at: int
    text: str
    is_text: bool
    is_limit: bool = False
    prefix: str = ""
    suffix: str = ""
    values: Values

    def literal(self, said: Sequence[str]) -> exp.Expr | None:
        """Returns the literal that the tokens stand for, or `None` when they cannot take the slot's place."""
        value = self._text(said) if self.is_text else self._number(said)
        if value is None:
            return None
        return exp.Literal.string(f"{self.prefix}{value}{self.suffix}") if self.is_text else exp.Literal.number(value)

    def _number(self, said: Sequence[str]) -> str | None:
        number = number_of(said[0]) if len(said) == 1 else None
        if number is None or (self.is_limit and (number < 1 or number != int(number))):
            return None
        return format(number, "f")

    def _text(self, said: Sequence[str]) -> str | None:
        wild = bool(self.prefix or self.suffix)
        if len(said) == 1 and (quoted := unquoted(said[0])) is not None:
            return None if not quoted or (wild and set("%_") & set(quoted)) else quoted
        if len(said) == 1 and _shape(self.text) and _shape(self.text) == _shape(said[0]):
            return said[0] if _is_date(self.text) == _is_date(said[0]) else None
        found = () if wild else self.values.get(plain_words(" ".join(said)), ())
        return found[0] if len(found) == 1 else None


def slots(question: Sequence[str], tree: exp.Expr, catalog: Catalog) -> tuple[Slot, ...]:
    """Returns the values that occur exactly once in the question and once in the statement.

    None at all where the statement holds a literal that may follow from one of them, such as the end of a range of
    which the question names the beginning.
    """
    literals = list(tree.find_all(exp.Literal))
    keys = [_key(literal) for literal in literals]
    found = [
        slot
        for at, literal in enumerate(literals)
        if keys.count(keys[at]) == 1 and (slot := _slot(at, literal, question, tree, catalog))
    ]
    known = {slot.at for slot in found}
    others = [(literal, keys[at]) for at, literal in enumerate(literals) if at not in known]
    followed = any(_may_follow(literal, key, slot, literals) for literal, key in others for slot in found)
    overlapping = len({at for slot in found for at in range(slot.start, slot.end)}) < sum(
        slot.end - slot.start for slot in found
    )
    return () if followed or overlapping else tuple(sorted(found, key=lambda slot: slot.start))


def number_of(token: str) -> Decimal | None:
    """Returns the number that a token of a question is, thousands separated by commas or not."""
    try:
        number = Decimal(token.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and token[-1].isdigit() else None


def unquoted(token: str) -> str | None:
    """Returns what stands between quotes; `None` without quotes."""
    return token[1:-1] if len(token) > 1 and token[0] == token[-1] and token[0] in "\"'" else None


def _slot(at: int, literal: exp.Literal, question: Sequence[str], tree: exp.Expr, catalog: Catalog) -> Slot | None:
    text = literal.name
    inner = text.strip("%") if isinstance(literal.parent, exp.Like) else text
    places = list(_places(inner, question, is_text=literal.is_string))
    is_limit = isinstance(literal.parent, exp.Limit)
    if len(places) != 1 or not (is_limit or isinstance(literal.parent, _COMPARING)):
        return None
    start = text.index(inner)
    return Slot(
        start=places[0][0],
        end=places[0][1],
        at=at,
        text=inner,
        is_text=literal.is_string,
        is_limit=is_limit,
        prefix=text[:start],
        suffix=text[start + len(inner) :],
        values=_values(literal, tree, catalog) if literal.is_string else {},
    )


def _places(text: str, question: Sequence[str], *, is_text: bool) -> Iterator[tuple[int, int]]:
    if not is_text:
        value = number_of(text)
        yield from (
            (at, at + 1) for at, token in enumerate(question) if value is not None and number_of(token) == value
        )
        return
    words = [token.casefold() for token in tokens(text)]
    for at, token in enumerate(question):
        said = [each.casefold() for each in question[at : at + len(words)]]
        if unquoted(token) is not None and unquoted(token) == text:
            yield at, at + 1
        elif words and said == words:
            yield at, at + len(words)


def _may_follow(literal: exp.Literal, key: object, slot: Slot, literals: Sequence[exp.Literal]) -> bool:
    same_column = _subject(literal) is not None and _subject(literal) == _subject(literals[slot.at])
    return same_column or slot.text.casefold() in str(key)


def _subject(literal: exp.Literal) -> str | None:
    """Returns the other side of the comparison, as text."""
    parent = literal.parent
    if isinstance(parent, exp.In | exp.Between | exp.Like):
        return str(parent.this.sql())
    if isinstance(parent, exp.Binary):
        return str((parent.right if parent.left is literal else parent.left).sql())
    return None


def _values(literal: exp.Literal, tree: exp.Expr, catalog: Catalog) -> Values:
    parent = literal.parent
    sides = [parent.this, parent.args.get("expression")] if isinstance(parent, _COMPARING) else []
    columns = [side for side in sides if isinstance(side, exp.Column)]
    if len(columns) != 1:
        return {}
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for value in _stored(columns[0], tree, catalog):
        key = plain_words(value)
        found[key] = (*found.get(key, ()), value)
    return found


def _stored(column: exp.Column, tree: exp.Expr, catalog: Catalog) -> Iterator[str]:
    """Yields the column's stored texts, where the statement leaves no doubt of which table it is."""
    named = {(table.alias_or_name.lower(), table.name.lower()) for table in tree.find_all(exp.Table)}
    names = {name for alias, name in named if column.table.lower() in ("", alias)}
    tables = [table for name in names if (table := catalog.table(name)) and table.column(column.name)]
    found = tables[0].column(column.name) if len(tables) == 1 else None
    yield from (value for value in (found.profile.values if found else ()) if isinstance(value, str))


def _key(literal: exp.Literal) -> object:
    number = number_of(literal.name)
    return literal.name.casefold() if number is None else number.normalize()


def _shape(text: str) -> str:
    """Returns `99-99` for any text of these digits and signs; empty for a text with anything else."""
    shape = "".join("9" if sign.isdigit() else sign for sign in text)
    return shape if set(shape) <= set("9-:./") and "9" in shape else ""


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
