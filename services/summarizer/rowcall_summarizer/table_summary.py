"""One table of a catalog in words."""

from collections import defaultdict
from collections.abc import Sequence

from rowcall_contracts.catalog import Catalog, Column, Table
from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_summarizer.cell_text import cell_text
from rowcall_summarizer.column_roles import Role, role_of
from rowcall_summarizer.measures import measure_of

_MOST_NAMED = 4
_MOST_VALUES = 5
_MOST_RELATIONS = 8
_FEWEST_CATEGORIES = 2


def references(catalog: Catalog) -> dict[str, list[str]]:
    """Returns, for every table that others refer to, who does so by which columns, in words."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for table in catalog.tables:
        for key in table.foreign_keys:
            found[key.referred_table].append(f"{table.name} refers to it by {_and(key.columns)}")
    return found


def describe_table(table: Table, *, referred: Sequence[str] = ()) -> str:
    """Says what a table holds, as far as its profile knows: rows, keys, time span, categories, ranges, relations.

    `referred` are the table's `references`.
    """
    sentences = [
        brief_description(table),
        f"{table.description.strip().removesuffix('.')}." if table.description and table.description.strip() else "",
        f"A row is known by {_and(table.primary_key)}." if table.primary_key else "",
        _listed("In time, ", [_span(column) for column in _of_role(table, Role.TIME)]),
        _listed("Categories: ", [_categories(column) for column in table.columns]),
        _listed("Numbers: ", [_span(column) for column in _of_role(table, Role.NUMBER)]),
        _relations(table, referred),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def brief_description(table: Table) -> str:
    """Says how large a table is."""
    kind = "view" if table.is_view else "table"
    rows = "rows that were not counted" if table.row_count is None else _count(table.row_count, "row")
    return f"The {kind} {table.name} has {rows} and {_count(len(table.columns), 'column')}."


def _of_role(table: Table, role: Role) -> list[Column]:
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    return [column for column in table.columns if _role(column) is role and column.name not in keys]


def _role(column: Column) -> Role:
    as_result = ResultColumn(name=column.name, type=ResultType(column.kind.value))
    return role_of(as_result, (column.profile.minimum, column.profile.maximum))


def _span(column: Column) -> str:
    minimum, maximum = column.profile.minimum, column.profile.maximum
    if minimum is None or maximum is None:
        return ""
    if minimum == maximum:
        return f"{column.name} is always {_text(column, minimum)}"
    return f"{column.name} goes from {_text(column, minimum)} to {_text(column, maximum)}"


def _categories(column: Column) -> str:
    values = [value for value in column.profile.values if value is not None]
    if _role(column) is not Role.CATEGORY or len(values) < _FEWEST_CATEGORIES:
        return ""
    shown = ", ".join(_text(column, value) for value in values[:_MOST_VALUES])
    more = ", ..." if len(values) > _MOST_VALUES else ""
    return f"{column.name} with {len(values)} values ({shown}{more})"


def _text(column: Column, value: Cell) -> str:
    is_number = _role(column) is Role.NUMBER
    return cell_text(value, ResultType(column.kind.value), measure=measure_of(column.name), plain=not is_number)


def _relations(table: Table, referred: Sequence[str]) -> str:
    relations = [f"it refers to {key.referred_table} by {_and(key.columns)}" for key in table.foreign_keys]
    relations += referred
    return f"Relations: {', '.join(relations[:_MOST_RELATIONS])}." if relations else ""


def _listed(lead: str, phrases: Sequence[str]) -> str:
    named = [phrase for phrase in phrases if phrase][:_MOST_NAMED]
    return f"{lead}{', '.join(named)}." if named else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _and(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
