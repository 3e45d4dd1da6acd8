"""Names that people gave to tables, columns, conditions and measures, as the engine reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.marks import ColumnMention, TableMention, TermMention
from rowcall_sqlgen.engine.meaning import Measure, Predicate
from rowcall_sqlgen.engine.phrases import Bag

Said = TableMention | ColumnMention | TermMention
Defined = Predicate | Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A name with its meaning in one catalog.

    `meaning` is `None` where the grammar cannot write it: then questions with the name have no reading, for one that
    passes it over would answer another question. `table` is what the name belongs to.
    """

    name: str
    phrases: tuple[Bag, ...]
    table: str
    meaning: TableMention | ColumnMention | Defined | None

    @property
    def mention(self) -> Said:
        """What the name stands for in a question."""
        if isinstance(self.meaning, TableMention | ColumnMention):
            return self.meaning
        return TermMention(self.name, self.table)


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of a catalog: what each phrase stands for, and the conditions and measures by their terms' names."""

    said: Mapping[Bag, Said]
    defined: Mapping[str, Defined]

    def naming(self) -> Iterator[tuple[Bag, TableMention | ColumnMention]]:
        """Yields the phrases that name a table or column."""
        for phrase, mention in self.said.items():
            if not isinstance(mention, TermMention):
                yield phrase, mention

    def condition(self, mention: TermMention) -> Predicate | None:
        """Returns the condition that a mention stands for, if it stands for one."""
        found = self.defined.get(mention.term)
        return None if isinstance(found, Measure) else found

    def measure(self, mention: TermMention) -> Measure | None:
        """Returns the measure that a mention stands for, if it stands for one."""
        found = self.defined.get(mention.term)
        return found if isinstance(found, Measure) else None


NO_TERMS = Terms({}, {})


def collected(terms: Sequence[Term]) -> Terms:
    """Puts terms together; of two with the same phrase the first one counts."""
    said: dict[Bag, Said] = {}
    for term in terms:
        for phrase in term.phrases:
            said.setdefault(phrase, term.mention)
    defined = {
        term.name: term.meaning
        for term in terms
        if term.meaning is not None and not isinstance(term.meaning, TableMention | ColumnMention)
    }
    return Terms(said, defined)
