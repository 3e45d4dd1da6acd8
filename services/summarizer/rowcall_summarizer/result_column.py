"""A column of a result with all that a sentence needs to know of it."""

from dataclasses import dataclass

from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_summarizer.cell_text import cell_text, short_text
from rowcall_summarizer.column_roles import Role, role_of
from rowcall_summarizer.measures import Aggregate, Measure, measure_of
from rowcall_summarizer.nouns import plural, spelled
from rowcall_summarizer.statement import Statement


@dataclass(frozen=True, kw_only=True)
class Column:
    """`words` name the column in a sentence, `phrase` names its number: `average departure delay`."""

    name: str
    words: str
    phrase: str
    type: ResultType
    role: Role
    measure: Measure
    cells: tuple[Cell, ...]

    def text(self, row: int) -> str:
        """Returns a cell as the sentence shows it; what is not there is said to be missing."""
        if self.cells[row] is None:
            return f"(no {self.words})"
        return cell_text(self.cells[row], self.type, measure=self.measure, plain=self.role is not Role.NUMBER)

    def named_text(self, row: int) -> str:
        """Returns a cell after its column's name."""
        if self.cells[row] is None:
            return f"no {self.words}"
        if self.role is Role.NUMBER and self.words == plural(self.words):
            return f"{self.text(row)} {self.words}"
        return f"{self.words} {self.text(row)}"

    @property
    def is_count(self) -> bool:
        """Whether its numbers count something."""
        return self.measure.aggregate is Aggregate.COUNT


def columns_of(result: Executed, question: str, statement: Statement) -> list[Column]:
    """Returns the columns with the cells at hand; none where no row is."""
    cells_by_column = zip(*result.rows, strict=True) if result.rows else ()
    known = statement.expressions if len(statement.expressions) == len(result.columns) else ()
    return [
        _column(column, cells, question, expression=known[at] if known else "")
        for at, (column, cells) in enumerate(zip(result.columns, cells_by_column, strict=False))
    ]


def measure_phrase(measure: Measure, question: str) -> str:
    """Returns the words for a number, without an article: `average departure delay`, `number of flights`."""
    subject = spelled(measure.subject, question)
    if measure.aggregate is None:
        return f"value of {subject}" if subject.endswith("s") else subject
    if measure.aggregate is Aggregate.COUNT:
        kind = "number of different" if measure.distinct else "number of"
        return f"{kind} {plural(subject)}" if subject else "count"
    amount = f"number of {subject}" if subject and f"number of {subject}" in question.lower() else subject
    return f"{measure.aggregate} {amount}".strip()


def _column(column: ResultColumn, cells: tuple[Cell, ...], question: str, *, expression: str) -> Column:
    name = short_text(column.name) or "value"
    measure = measure_of(name)
    if measure.aggregate is Aggregate.COUNT and not measure.subject:
        # `COUNT(DISTINCT carrier) AS n`: the expression says what the name does not.
        counted = measure_of(expression)
        measure = counted if counted.aggregate is Aggregate.COUNT else measure
    return Column(
        name=name,
        words=spelled(name, question),
        phrase=measure_phrase(measure, question),
        type=column.type,
        role=role_of(column, cells),
        measure=measure,
        cells=cells,
    )
