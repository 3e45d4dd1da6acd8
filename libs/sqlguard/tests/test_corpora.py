"""The guard against corpora of other projects and the gold queries of open question sets, where they are present."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Reason, check, screen
from rowcall_sqlguard.__main__ import Question, answer

DATA = Path(__file__).parents[4] / "shared" / "evaldata" / "dev"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the open evaluation data is not there: {DATA}")

# sqlglot does not parse an expression as LIMIT of a sub-query.
UNPARSEABLE_GOLD = {"defog-questions_gen_sqlite-203"}


def lines(name: str) -> Iterator[dict[str, str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def allowed(item: dict[str, str]) -> bool:
    return answer(Question.model_validate(item)).allowed


def test_everything_that_a_read_only_guard_must_refuse_is_refused() -> None:
    items = list(lines("guard/refuse.jsonl"))
    like_queries = [item for item in items if re.match(r"[\s(]*(select|with)\b", item["sql"], re.IGNORECASE)]

    assert (len(items), len(like_queries)) == (511, 195)
    assert [item["id"] for item in items if allowed(item)] == []


def test_everything_harmless_is_accepted() -> None:
    assert [item["id"] for item in lines("guard/accept.jsonl") if not allowed(item)] == []


@pytest.mark.parametrize("name", ["accept", "refuse"])
def test_the_screening_says_the_same_of_each_statement(name: str) -> None:
    cases = [(item["sql"], dialect) for item in lines(f"guard/{name}.jsonl") for dialect in Dialect]

    assert [case for case in cases if screen(case[0], dialect=case[1]) != check(case[0], dialect=case[1]).allowed] == []


def test_protected_columns_are_refused_and_ordinary_queries_beside_them_accepted() -> None:
    items = list(lines("guard/column_redaction.jsonl"))

    assert len(items) == 23
    assert [item["id"] for item in items if allowed(item) != (item["expect"] == "accept")] == []


@pytest.mark.parametrize("name", ["chinook", "defog", "spider_train"])
def test_every_gold_query_is_accepted(name: str) -> None:
    gold = {item["gold_sql"]: item["id"] for item in lines(f"{name}/questions.jsonl")}
    verdicts = {key: check(sql, dialect=Dialect.SQLITE) for sql, key in gold.items()}
    screened = {key for sql, key in gold.items() if screen(sql, dialect=Dialect.SQLITE)}

    assert screened == {key for key, verdict in verdicts.items() if verdict.allowed}
    refused = {key: verdict.reason for key, verdict in verdicts.items() if not verdict.allowed}
    assert refused == dict.fromkeys(verdicts.keys() & UNPARSEABLE_GOLD, Reason.UNPARSEABLE)
