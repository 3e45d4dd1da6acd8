"""The highest, the lowest and the sum of a column, in words."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from rowcall_contracts.results import Cell, ResultType
from rowcall_summarizer.cell_text import cell_text
from rowcall_summarizer.measures import Measure


def describe_extremes(*, names: Sequence[str], numbers: Sequence[Cell], measure: Measure, total_rows: int) -> list[str]:
    """Returns sentences on which name has the highest and the lowest number, and on their sum where it has a meaning.

    `names` and `numbers` are the rows at hand; with `total_rows` above their count they are said to be the first ones
    and are not summed.
    """
    known = [(number, name) for cell, name in zip(numbers, names, strict=True) if (number := _number(cell)) is not None]
    if not known:
        return []
    values = [number for number, _ in known]
    highest, lowest = max(values), min(values)
    among = f"Among the first {len(names):,}, the" if total_rows > len(names) else "The"
    if highest == lowest:
        return [f"{among} {measure.phrase} is {_text(highest, measure)} for all that have a value."]
    extremes = (
        f"{among} {measure.phrase} is highest for {_with(known, highest, measure)} "
        f"and lowest for {_with(known, lowest, measure)}."
    )
    summed = measure.is_additive and total_rows == len(names)
    return [extremes, f"Together they make {_text(sum(values, Decimal()), measure)}."] if summed else [extremes]


def _number(cell: Cell) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _with(known: Sequence[tuple[Decimal, str]], value: Decimal, measure: Measure) -> str:
    names = [name for number, name in known if number == value]
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{others} ({_text(value, measure)})"


def _text(value: Decimal, measure: Measure) -> str:
    return cell_text(str(value), ResultType.DECIMAL, measure=measure, plain=False)
