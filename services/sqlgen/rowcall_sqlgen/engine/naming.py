"""Which columns tell a person what a row is."""

from rowcall_contracts.catalog import ColumnKind, Table
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnRef

_WHOLE = ("name", "title", "label")


def name_columns(table: Table) -> tuple[ColumnRef, ...]:
    """Returns the column that names a row, or first and last name; nothing where the table has neither."""
    texts = {spelled_words(c.name): c.name for c in table.columns if c.kind is ColumnKind.TEXT}
    own = spelled_words(table.name)
    for word in _WHOLE:
        for prefix in ((), own, own[-1:], own[:1], ("full",)):
            if (*prefix, word) in texts:
                return (ColumnRef(table.name, texts[*prefix, word]),)
    if own in texts:
        return (ColumnRef(table.name, texts[own]),)
    pair = _person_name(table, own)
    if pair:
        return pair
    endings = [name for words, name in texts.items() if words[-1] in _WHOLE]
    return (ColumnRef(table.name, endings[0]),) if len(endings) == 1 else ()


def listed_kind(table: Table) -> ColumnRef | None:
    """Returns the column that is called as its table: `AllergyType` of `Allergy_Type`, whose rows list kinds of it."""
    own = spelled_words(table.name)
    named = (column.name for column in table.columns if spelled_words(column.name) == own)
    return next((ColumnRef(table.name, name) for name in named), None)


def _person_name(table: Table, own: tuple[str, ...]) -> tuple[ColumnRef, ...]:
    found: dict[tuple[str, ...], ColumnRef] = {}
    for column in table.columns:
        words = tuple(word for word in spelled_words(column.name) if word not in own)
        found.setdefault(words, ColumnRef(table.name, column.name))
    first = found.get(("first", "name")) or found.get(("given", "name")) or found.get(("forename",))
    last = found.get(("last", "name")) or found.get(("family", "name")) or found.get(("surname",))
    return (first, last) if first and last else ()
