"""Questions with a list of what to show: the rest is asked, and what its query shows replaced by what is listed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.returns.grouping import identifies, is_measured, labels, showing
from rowcall_sqlgen.builtin.returns.naming import NamedList, named_list
from rowcall_sqlgen.builtin.returns.requests import Request, requests
from rowcall_sqlgen.builtin.returns.set_operations import single_query
from rowcall_sqlgen.builtin.returns.sortings import Sorting
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import AllColumns, Item, Meaning, Measure, Order
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word, words

TRUST = 0.9
"""Of the main question's probability. A guess, not fitted: the open data has too few such questions."""
_FOR_EACH = words("for each")


def returns(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers to the main question that show what the list names; `today` is that of the main question.

    None where the question has no list, or where no answer to the main question can show what it names.
    """
    for request in requests(question, index):
        returning = _Returning(request, index)
        proposed = ask(returning.main)
        found = [each for trusted in proposed if (each := returning.shown(trusted))]
        if found:
            return _agreed(found, sum(trusted.probability for trusted in proposed))
    return ()


def _agreed(found: Iterable[Trusted], proposed: float) -> tuple[Trusted, ...]:
    """Answers that differed in what they showed alone are one now, as likely as what share of all proposed they are.

    `proposed`: the sum of the probabilities of everything proposed.
    """
    same: dict[str, list[Trusted]] = {}
    for each in found:
        same.setdefault(each.proposal.sql, []).append(each)
    agreed = []
    for group in same.values():
        share = sum(each.probability for each in group) / max(proposed, 1.0)
        agreed.append(replace(group[0], probability=max(group[0].probability, share)))
    return tuple(sorted(agreed, key=lambda each: -each.probability))


class _Returning:
    """Answers one way to cut a question."""

    def __init__(self, request: Request, index: SchemaIndex) -> None:
        self._request = request
        self._index = index

    @property
    def main(self) -> tuple[Word, ...]:
        """The main question, with `for each` where the list alone says of what."""
        main, each = self._request.main, self._request.each
        said = {word.lemma for word in main}
        return main if said.issuperset(word.lemma for word in each) else (*main, *_FOR_EACH, *each)

    def shown(self, trusted: Trusted) -> Trusted | None:
        """Returns an answer to the main question with the list shown, if its query can show that."""
        query = single_query(trusted.proposal.query, self._index)
        listed = self._listed(query) if query else None
        return self._trusted(trusted, *listed) if listed else None

    def _listed(self, query: Meaning) -> tuple[Meaning, NamedList] | None:
        request, index = self._request, self._index
        named = named_list(request.elements, query, request.main, index=index)
        if named is None:
            return None
        items = self._items(query, named)
        shown = showing(self._ranked_by(named), items, index)
        ordered = self._ordered(shown, named) if shown else None
        return (ordered, named) if ordered else None

    def _ranked_by(self, named: NamedList) -> Meaning:
        """`The top 3 by total amount`: where the list tells the total amount too, that is what they are ranked by."""
        query = named.query
        said = tuple(word.lower for word in self._request.main if word.lower != "the")
        for element, items in zip(self._request.elements, named.items, strict=True):
            key = ("by", *(word.lower for word in element))
            is_said = any(said[at : at + len(key)] == key for at in range(len(said)))
            if is_said and query.limit is not None and query.order and isinstance(items[0], Measure):
                first = replace(query.order[0], item=items[0])
                return replace(query, order=(first, *query.order[1:]))
        return query

    def _items(self, query: Meaning, named: NamedList) -> tuple[Item, ...]:
        """A number or one property alone is told beside what the main question shows."""
        listed = tuple(item for items in named.items for item in items)
        told = [item for item in listed if identifies(item, query, self._index)]
        plain = [item for item in listed if not is_measured(item)]
        if self._request.adds or (not told and len(plain) <= 1):
            return (*labels(query), *listed)
        return listed

    def _ordered(self, query: Meaning, named: NamedList) -> Meaning | None:
        sorting = self._request.sorting
        if sorting is None:
            shown = presented(query, self._index)
            return shown if isinstance(shown, Meaning) else None
        key = self._sort_key(sorting, query, named)
        if key is None or isinstance(key, AllColumns) or query.limit is not None:
            return query if query.order and query.order[0].item == key else None
        return replace(query, order=(Order(key, sorting.descending),))

    def _sort_key(self, sorting: Sorting, query: Meaning, named: NamedList) -> Item | None:
        """The element that shares most words with the key; without one, the first number or else the first item."""
        if not sorting.key:
            return next((item for item in query.items if is_measured(item)), query.items[0])
        said = {word.lemma for word in sorting.key}
        shared = [len(said.intersection(word.lemma for word in words)) for words in self._request.elements]
        best = max(range(len(shared)), key=lambda at: shared[at])
        return named.items[best][0] if shared[best] else None

    def _trusted(self, trusted: Trusted, query: Meaning, named: NamedList) -> Trusted:
        sql = write_sql(query, self._index.dialect, self._index.tables)
        said = (word.text for element in self._request.elements for word in element)
        return replace(
            trusted,
            proposal=replace(trusted.proposal, sql=sql, query=query, uses=uses(query)),
            probability=trusted.probability * named.likely * TRUST,
            notes=(*trusted.notes, *named.notes),
            said=(*trusted.said, *said),
        )
