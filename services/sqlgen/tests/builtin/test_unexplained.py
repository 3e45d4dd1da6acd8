"""Which words a proposal leaves unexplained; no word is like another one here, unless it is the same."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest

from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.evidence import Understanding
from rowcall_sqlgen.builtin.holding_back import LEAST_TRUST, NEVER, least_trust
from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.builtin.unexplained import unexplained
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Like, Meaning, Measure, Order, Query
from rowcall_sqlgen.engine.reading import readings
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parses

NAME, COUNTRY, CREATED = (ColumnRef("customers", name) for name in ("name", "country", "created_at"))
AMOUNT, YEAR = ColumnRef("orders", "amount"), ColumnRef("ratings", "year")
ORDERS = Measure(Aggregate.COUNT, "orders")
COMMON = frozenset({"people", "email"})


def _where(shown: ColumnRef | Measure, *where: Comparison | Like) -> Meaning:
    return Meaning(items=(shown,), source=shown.table, where=where)


def _unexplained(question: str, query: Query, index: SchemaIndex, today: date) -> tuple[set[str], set[str]]:
    understood = _understood(question, index, today)
    found = unexplained(Proposal(sql="", query=query, uses=uses(query)), understood)
    return {word.lower for word in found.words}, {word.lower for word in found.new}


def _understood(question: str, index: SchemaIndex, today: date) -> Understanding:
    said = words(question)
    return Understanding(
        question=said,
        readings=readings(said, index, today),
        parses=Parses(nodes(said, index, today)),
        proposals=(),
        likenesses=lambda word, names: [float(word in name.split()) for name in names],
        is_common=lambda word: word.lower in COMMON,
    )


IN_GERMANY = Comparison(COUNTRY, Operator.EQ, "DE")
ANN = Comparison(NAME, Operator.EQ, "Ann")
ABOVE_9 = Comparison(AMOUNT, Operator.GT, 9)
NEWEST = Meaning(items=(NAME,), source="ratings", order=(Order(YEAR, descending=True),), limit=1)


@pytest.mark.parametrize(
    ("question", "query", "left", "new"),
    [
        ("names of customers with parking", _where(NAME), {"parking"}, {"parking"}),
        ("names of people with an email", _where(NAME), {"people", "email"}, set()),
        ("names of customers in the region of DE", _where(NAME, IN_GERMANY), set(), set()),
        ("names of customers in the region of Ann", _where(NAME, IN_GERMANY), {"region", "ann"}, {"region", "ann"}),
        ("names of customrs amongst all", _where(NAME), set(), set()),
        ("the newest rating", NEWEST, set(), set()),
        ("the newest name of a customer", _where(NAME), {"newest"}, {"newest"}),
        ("how many orders have an amount above 9", _where(ORDERS, ABOVE_9), set(), set()),
        ("how many orders have more than 9 people", _where(ORDERS, ABOVE_9), {"people"}, {"people"}),
        ("how many orders are above 9 euros", _where(ORDERS, ABOVE_9), set(), set()),
        ('customers with the email "x y"', _where(NAME, Comparison(NAME, Operator.EQ, "x y")), {"email"}, {"email"}),
        ('names with the letters "x y"', _where(NAME, Like(NAME, "%x y%")), set(), set()),
        ("customers with a DOI", _where(NAME, Comparison(NAME, Operator.EQ, "DOI")), {"doi"}, {"doi"}),
        ("customers with Ann", _where(NAME, ANN), set(), set()),
        ("what year level do ratings have, by frequency", _where(YEAR), set(), set()),
        ("the level of ratings", _where(NAME), {"level", "ratings"}, {"level", "ratings"}),
        ("how many customers have orders", _where(ORDERS), set(), set()),
        ("when was a customer created", _where(CREATED), set(), set()),
        ("since when are customers signed", _where(CREATED), set(), set()),
        ("how long are orders", _where(AMOUNT), {"long"}, {"long"}),
    ],
)
def test_words_that_a_proposal_leaves_unexplained(
    question: str, query: Query, left: set[str], new: set[str], shop_index: SchemaIndex, monday: date
) -> None:
    assert _unexplained(question, query, shop_index, monday) == (left, new)


@pytest.mark.parametrize(
    ("question", "query", "new", "values"),
    [
        ("how many orders does Ann have", _where(ORDERS), ("Ann",), ("Ann",)),
        ("how many orders does Zoe have", _where(ORDERS), ("Zoe",), ()),
        ("orders? Zoe has some", _where(ORDERS), (), ()),
        ("how many orders does ann have", _where(ORDERS), (), ()),
        ("how many customers are called Ann", _where(NAME, ANN), (), ()),
    ],
)
def test_names_are_never_left_out_however_like_others_they_are(
    question: str,
    query: Query,
    new: tuple[str, ...],
    values: tuple[str, ...],
    shop_index: SchemaIndex,
    monday: date,
) -> None:
    understood = replace(_understood(question, shop_index, monday), likenesses=lambda _, names: [1.0 for _ in names])
    left = unexplained(Proposal(sql="", query=query, uses=uses(query)), understood)

    assert tuple(word.text for word in left.new) == new
    assert tuple(word.text for word in left.values) == values


@pytest.mark.parametrize(
    ("question", "least"), [("how many orders does Ann have", NEVER), ("how many orders", LEAST_TRUST)]
)
def test_what_leaves_a_stored_name_out_is_never_shown(
    question: str, least: float, shop_index: SchemaIndex, monday: date
) -> None:
    query = _where(ORDERS)
    proposal = Proposal(sql="", query=query, uses=uses(query))
    trusted = Trusted(proposal, 0.99, defaultdict(float), _understood(question, shop_index, monday))
    assert least_trust(trusted) == least
