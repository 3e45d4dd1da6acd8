"""What no question means: parses that compare what cannot be compared, seek what no row has, or show something else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rowcall_sqlgen.builtin.ordinals import ordinal_place
from rowcall_sqlgen.builtin.unmet_words import demands, meets
from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import AllColumns, Comparison, Like, Meaning, Measure, Query
from rowcall_sqlgen.engine.numbers import read_number
from rowcall_sqlgen.engine.part_mentions import CALENDAR_WORDS
from rowcall_sqlgen.engine.units import time_unit
from rowcall_sqlgen.engine.vocabulary import UNITS
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind
from rowcall_sqlgen.parser.parser import Parses

_NAMED, _CLEARLY = 0.5, 0.9
_MANY_ROWS, _NEARLY_ALL = 50, 0.9
"""A column tells rows apart where so large a share of so many is different; in a small table that may be chance."""

_LONGEST_NUMBER = 4
_ORDERED = frozenset({Operator.GT, Operator.GE, Operator.LT, Operator.LE})
_STATISTICS = frozenset(
    """
    median percentile percentiles quartile quartiles correlation correlated variance deviation cumulative running moving
    rolling forecast predict prediction trend outlier outliers distribution histogram
    """.split()
)
"""Words that ask for another number than the parser's language has: without them the answer is one to another
question."""


def plausible(parses: Parses, index: SchemaIndex) -> Parses:
    """Returns the parses without those."""
    words = parses.nodes.words
    unread = any(word.lower in _STATISTICS and (word.lemma,) not in index.phrases for word in words)
    if unread or ordinal_place(words) is not None:
        return replace(parses, found=())
    judge = _Judge(parses.nodes, index)
    return replace(parses, found=tuple(each for each in parses.found if not judge.is_odd(each.query)))


class _Judge:
    """What is the same for all parses of one question."""

    def __init__(self, nodes: Nodes, index: SchemaIndex) -> None:
        self._nodes = nodes
        self._index = index
        self._guessed = {value.value for value in nodes.values if value.kind is ValueKind.CAPITALISED}
        self._demands = demands(nodes)
        self._measured = frozenset(_measured(nodes.words))
        self._rules: tuple[Callable[[object], bool], ...] = (
            self._compares_oddly,
            self._measures_dates,
            self._seeks_nothing,
            self._adds_names,
            self._mixes_namesakes,
            self._counts_single_rows,
            self._ranks_by_text,
        )

    def is_odd(self, query: Query) -> bool:
        if any(rule(part) for part in inner_parts(query) for rule in self._rules):
            return True
        if not meets(query, self._demands):
            return True
        return isinstance(query, Meaning) and (self._shows_counted(query) or self._shows_another(query))

    def _compares_oddly(self, part: object) -> bool:
        """Columns that the question does not name, or names of rows by size."""
        match part:
            case Comparison(subject=ColumnRef() as one, value=ColumnRef() as other):
                quality = self._nodes.matches.column_quality
                return min(quality(one), quality(other)) < _NAMED
            case Comparison(subject=ColumnRef() as column, operator=operator, value=value) if operator in _ORDERED:
                is_number = isinstance(value, int | float)
                return self._index.is_named_as_table(column) or (is_number and self._is_text(column))
        return False

    def _measures_dates(self, part: object) -> bool:
        """More than 2000 miles as a year."""
        match part:
            case Comparison(subject=ColumnRef(column=name), value=int() | float() as value) if value in self._measured:
                return not CALENDAR_WORDS.isdisjoint(spelled_words(name))
        return False

    def _mixes_namesakes(self, part: object) -> bool:
        """The least quantity of invoices beside the largest of their items."""
        if not isinstance(part, Meaning):
            return False
        told = [*part.items, *(order.item for order in part.order)]
        measured = {item.column for item in told if isinstance(item, Measure) and item.column}
        beside = measured | {order.item for order in part.order if isinstance(order.item, ColumnRef)}
        return any(
            one.column == other.column and one.table != other.table and not self._index.is_key(one)
            for one in measured
            for other in beside
        )

    def _counts_single_rows(self, part: object) -> bool:
        """The most rows of a table by what each row has for itself alone, as planes by their tail numbers."""
        if not isinstance(part, Meaning) or part.joins or not part.order:
            return False
        by_count = any(isinstance(order.item, Measure) and order.item.column is None for order in part.order)
        return by_count and any(isinstance(key, ColumnRef) and self._tells_rows_apart(key) for key in part.group)

    def _tells_rows_apart(self, column: ColumnRef) -> bool:
        """Names are taken for unique although some are not, unless the question is about them."""
        if self._index.is_unique(column):
            return True
        rows, distinct = self._index.tables[column.table].row_count, self._index.column(column).profile.distinct_count
        if rows is None or distinct is None or rows < _MANY_ROWS:
            return False
        return distinct >= _NEARLY_ALL * rows and self._nodes.matches.column_quality(column) < _CLEARLY

    def _ranks_by_text(self, part: object) -> bool:
        """The largest airline by its code: where the question does not name the column, texts have no size."""
        if not isinstance(part, Meaning) or part.limit is None:
            return False
        keys = [order.item for order in part.order if isinstance(order.item, ColumnRef)]
        return any(map(self._is_unsaid_text, keys))

    def _is_unsaid_text(self, column: ColumnRef) -> bool:
        return self._is_text(column) and self._nodes.matches.column_quality(column) < _CLEARLY

    def _is_text(self, column: ColumnRef) -> bool:
        is_measured = self._index.is_numeric(column) or self._index.is_date(column)
        return not is_measured and not _holds_numbers(column, self._index)

    def _adds_names(self, part: object) -> bool:
        match part:
            case Measure(aggregate=Aggregate.SUM | Aggregate.AVG, column=ColumnRef() as column):
                is_unsaid_key = self._index.is_key(column) and self._nodes.matches.column_quality(column) < _CLEARLY
                return is_unsaid_key or self._index.is_named_as_table(column)
            case Measure(aggregate=Aggregate.MIN | Aggregate.MAX, column=ColumnRef() as column):
                return self._is_unsaid_text(column)
        return False

    def _seeks_nothing(self, part: object) -> bool:
        """A name that the parser made of words in capitals, where all values are known and it is none of them."""
        match part:
            case Comparison(subject=ColumnRef() as column, operator=Operator.EQ, value=str() as text):
                return text in self._guessed and not _may_hold(column, text, self._index)
            case Like(column, pattern):
                text = pattern.strip("%")
                return text in self._guessed and not _may_hold(column, text, self._index, whole=False)
        return False

    def _shows_counted(self, query: Meaning) -> bool:
        """`How many destinations does each airline serve` is no list of destinations."""
        if _opening(self._nodes.words) != "how many" or not query.group:
            return False
        qualities = self._nodes.matches.column_words
        return any(isinstance(item, ColumnRef) and qualities.get((2, item), 0.0) >= _CLEARLY for item in query.items)

    def _shows_another(self, query: Meaning) -> bool:
        """`Which airline serves ...` shows something of airlines."""
        words, matches = self._nodes.words, self._nodes.matches
        if not words or words[0].lower != "which" or len(words) < 2:
            return False
        tables = {table for (at, table), quality in matches.table_words.items() if at == 1 and quality >= _CLEARLY}
        shown = [item for item in query.items if isinstance(item, ColumnRef | AllColumns)]
        if not tables or not shown or len(shown) < len(query.items):
            return False
        return not any(
            item.table in tables or (isinstance(item, ColumnRef) and matches.column_words.get((1, item), 0.0) >= _NAMED)
            for item in shown
        )


def _measured(words: Sequence[Word]) -> Iterator[float]:
    """Yields the numbers that stand before a unit of anything but time."""
    for at in range(len(words) - 1):
        number = read_number([word.lower for word in words[at : at + _LONGEST_NUMBER]])
        after = words[at + number[1]].lower if number and at + number[1] < len(words) else ""
        if number and after in UNITS and time_unit(after) is None and after not in CALENDAR_WORDS:
            yield number[0]


def _opening(words: Sequence[Word]) -> str:
    return " ".join(word.lower for word in words[:2])


def _holds_numbers(column: ColumnRef, index: SchemaIndex) -> bool:
    """Says whether a column of texts is known to hold numbers alone."""
    known = index.column(column).profile.values
    return bool(known) and all(str(value).strip().replace(".", "", 1).isdecimal() for value in known)


def _may_hold(column: ColumnRef, text: str, index: SchemaIndex, *, whole: bool = True) -> bool:
    known = [str(value).casefold() for value in index.column(column).profile.values]
    sought = text.casefold()
    return not known or any(sought == value if whole else sought in value for value in known)
