"""Names of columns and tables in the words of a question: finding and replacing them."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.phrases import CONNECTORS
from rowcall_sqlgen.engine.words import Word, lemma

LONGEST_NAME = 4


def own_words(ref: ColumnRef) -> tuple[str, ...]:
    """Returns the words of a column's name without those of its table."""
    spelled, table = spelled_words(ref.column), spelled_words(ref.table)
    short = tuple(word for word in spelled if word not in table)
    return short or spelled


def span(text: Sequence[Word], said: Sequence[str]) -> tuple[int, int] | None:
    """Finds the only stretch of the question with these words, whatever their endings."""
    wanted = [lemma(word) for word in said]
    starts = [at for at in range(len(text)) if [lemma(w.lower) for w in text[at : at + len(wanted)]] == wanted]
    if not wanted or len(wanted) > LONGEST_NAME or len(starts) != 1 or wanted[0] in CONNECTORS:
        return None
    return starts[0], starts[0] + len(wanted)


def spoken(name: Sequence[str], *, plural: bool) -> str:
    """Returns the words of a name as a question has them."""
    *first, last = name
    ends_well = last.endswith(("s", "x", "z", "ch", "sh"))
    many = last + "es" if ends_well else last[:-1] + "ies" if last.endswith("y") else last + "s"
    return " ".join((*first, many if plural else last))


def quoted(text: str) -> Word:
    """Returns a text as one word in quotes."""
    return Word(text, text.lower(), text.lower(), quoted=True)


def joined(text: Sequence[Word]) -> str:
    """Returns the question that has these words."""
    return " ".join(f'"{word.text}"' if word.quoted else word.text for word in text)
