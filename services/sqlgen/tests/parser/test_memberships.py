"""A membership that compares columns of nothing in common is put right where a key says how."""

import pytest

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Meaning, Membership, Query
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.memberships import connected

STUDENT, COURSE = ColumnRef("Student", "StuID"), ColumnRef("Course", "course_id")
TAKER, TAKEN = ColumnRef("Enrollment", "stu_id"), ColumnRef("Enrollment", "course_id")
IN_COURSE_3 = Comparison(TAKEN, Operator.EQ, 3)


def _all(column: ColumnRef, *where: Comparison) -> Query:
    return Meaning(items=(column,), source=column.table, where=where)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (Membership(STUDENT, _all(TAKEN, IN_COURSE_3)), Membership(STUDENT, _all(TAKER, IN_COURSE_3))),
        (Membership(COURSE, _all(TAKER)), Membership(COURSE, _all(TAKEN))),
        (Membership(STUDENT, _all(TAKER)), Membership(STUDENT, _all(TAKER))),
        (Membership(ColumnRef("Student", "age"), _all(ColumnRef("Pets", "age"))), None),
        (Membership(STUDENT, _all(ColumnRef("Island", "island_name"))), None),
        (Membership(STUDENT, Meaning(items=(TAKEN,), source="Enrollment", limit=3)), None),
    ],
)
def test_a_membership_follows_the_key(said: Membership, meant: Membership | None, index: SchemaIndex) -> None:
    assert connected(said, JoinTrees(index.tables, index.graph)) == (meant or said)
