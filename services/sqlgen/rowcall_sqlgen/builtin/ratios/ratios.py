"""Questions for a ratio, a share, a percentage or a difference, answered by those for its two parts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.evidence import weigh
from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.builtin.ratios.columns import OfColumns, of_columns
from rowcall_sqlgen.builtin.ratios.forms import CUES, Form, forms, trimmed
from rowcall_sqlgen.builtin.ratios.pairs import Pair, pairs
from rowcall_sqlgen.builtin.ratios.parts import Parts
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.builtin.wording import assumptions_of, used_words
from rowcall_sqlgen.engine.calculating import calculated, with_both_shown
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Calculation, Meaning, Order
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word, words

_WHAT_IS, _AND, _FOR_EACH = words("what is"), words("and"), words("for each")
_TIMES = frozenset({"year", "quarter", "month", "week", "day", "date", "hour"})
"""What happens over these is told in their order; other groups are compared, the highest first."""
COMPOSED = 0.9
"""Of the weaker part's probability: how often two right parts make a right whole."""
OF_COLUMNS = 0.8
"""Of the quality with which words name columns."""


def ratios(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Answers such questions; `today` is that of the questions asked for the parts."""
    if _names_column(question, index):
        return ()
    parts = Parts(ask, index)
    for form in forms(question):
        found: dict[str, Trusted] = {}
        for each in sorted(_Composing(form, parts, index).found(), key=lambda each: -each.probability):
            found.setdefault(each.proposal.sql, each)
        if found:
            return tuple(found.values())
    return ()


def _names_column(question: Sequence[Word], index: SchemaIndex) -> bool:
    """Says whether the question's `ratio` or `share` is the name of a column that it spells out."""
    said = {word.lemma for word in question}
    names = (set(spelled_words(column.name)) for table in index.tables.values() for column in table.columns)
    return any(name & CUES & said and name <= said for name in names)


class _Composing:
    """Makes proposals of one form."""

    def __init__(self, form: Form, parts: Parts, index: SchemaIndex) -> None:
        self._form = form
        self._parts = parts
        self._index = index

    def found(self) -> Iterator[Trusted]:
        columns = of_columns(self._form, self._index)
        if columns:
            yield from self._of_columns(columns)
        if columns or self._form.average:
            return
        for pair in pairs(self._form, self._parts, self._index):
            meaning = calculated(self._form.arithmetic, pair.first.figure, pair.second.figure, row_key=self._row_key)
            finished = self._finished(meaning) if meaning else None
            if finished:
                yield self._trusted(finished, pair)

    def _of_columns(self, columns: OfColumns) -> Iterator[Trusted]:
        """Weighs the query as the answer to a question for both columns."""
        form = self._form
        each = (*_FOR_EACH, *form.each) if form.each else ()
        asked = self._parts.understood((*_WHAT_IS, *trimmed(form.first), *_AND, *trimmed(form.second), *each))
        meaning = self._finished(columns.meaning)
        if asked and meaning:
            sql = write_sql(meaning, self._index.dialect, self._index.tables)
            proposal = Proposal(sql=sql, query=meaning, uses=uses(meaning))
            (evidence,) = weigh(replace(asked, proposals=(proposal,)))
            yield Trusted(proposal, columns.quality * OF_COLUMNS, evidence, asked)

    def _finished(self, meaning: Meaning) -> Meaning | None:
        form = self._form
        shown = with_both_shown(meaning) if form.shows_parts else meaning
        if shown is None or len(meaning.items) == 1 or not (meaning.group or form.highest is not None):
            return shown
        calculation = next(item for item in shown.items if isinstance(item, Calculation))
        key = Order(calculation, form.highest is not False)
        if form.highest is None and _TIMES.intersection(word.lemma for word in form.each):
            key = Order(meaning.group[0], descending=False)
        items = tuple(item for item in shown.items if item != calculation) if form.only_first else shown.items
        return replace(shown, items=items, order=(key,), limit=1 if form.only_first else None)

    def _trusted(self, meaning: Meaning, pair: Pair) -> Trusted:
        weak, strong = sorted((pair.first.trusted, pair.second.trusted), key=lambda each: each.probability)
        sql = write_sql(meaning, self._index.dialect, self._index.tables)
        return Trusted(
            Proposal(sql=sql, query=meaning, uses=uses(meaning)),
            weak.probability * COMPOSED * pair.factor,
            weak.evidence,
            weak.understood,
            notes=(*weak.notes, *assumptions_of(strong.proposal, strong.understood), *strong.notes),
            said=(*weak.said, *used_words(strong.proposal, strong.understood), *strong.said),
        )

    def _row_key(self, table: str) -> ColumnRef | None:
        keys = self._index.tables[table].primary_key
        if len(keys) == 1:
            return ColumnRef(table, keys[0])
        return next((ref for ref in self._index.columns(table) if self._index.is_unique(ref)), None)
