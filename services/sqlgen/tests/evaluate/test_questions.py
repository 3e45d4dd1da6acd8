"""Both shapes of the question file, and every way in which one can be wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowcall_sqlgen.evaluate.questions import DEFAULT_NOW, BadInput, read_questions

GOOD = '{"id": "q1", "db": "bakery", "question": "How many?", "gold_sql": "SELECT 1"}'


def test_optional_members_of_a_question_are_read(tmp_path: Path, databases: Path) -> None:
    line = (
        '{"id": "q", "db": "bakery", "question": "And in May?", "gold_sql": "SELECT 1", '
        '"gold_sql_alternatives": ["SELECT 1", "SELECT 2"], "executes": true, "missing_data": true, '
        '"hardness": "hard", "anchor_date": "2024-05-06", "context": ["How many?"], "instructions": "x", "other": 1}'
    )
    (tmp_path / "q.jsonl").write_text(line)
    (question,) = read_questions(tmp_path / "q.jsonl", databases).questions
    assert question.golds == ("SELECT 1", "SELECT 2")
    assert not question.scorable
    assert question.hardness == "hard"
    assert question.now == datetime(2024, 5, 6, 12, tzinfo=UTC)
    assert question.history == ("How many?",)


def test_a_question_without_a_reference_is_unanswerable_and_today_has_a_default(
    tmp_path: Path, databases: Path
) -> None:
    (tmp_path / "q.jsonl").write_text(GOOD.replace('"SELECT 1"', "null"))
    (question,) = read_questions(tmp_path / "q.jsonl", databases).questions
    assert question.golds == ()
    assert not question.scorable
    assert question.now == DEFAULT_NOW == datetime(2025, 6, 16, 12, tzinfo=UTC)


def test_turns_of_a_dialogue_are_numbered_from_one_and_know_what_was_said_before(
    tmp_path: Path, databases: Path
) -> None:
    (tmp_path / "d.jsonl").write_text(
        '{"id": "d7", "db": "bakery", "turns": ['
        '{"utterance": "How many?", "gold_sql": "SELECT 1", "executes": true, "gold_rows": 1, "type": "answerable"},'
        '{"utterance": "Thanks!", "gold_sql": null, "executes": null, "gold_rows": null, "type": "improper"}]}\n'
    )
    first, second = read_questions(tmp_path / "d.jsonl", databases).questions
    assert (first.id, second.id) == ("d7#1", "d7#2")
    assert (first.history, second.history) == ((), ("How many?",))
    assert (first.scorable, second.scorable) == (True, False)
    assert (first.dialogue, second.turn_type) == ("d7", "improper")


BAD_LINES = {
    "no JSON": ('{"id": ', "2: the line is not JSON"),
    "no object": ("[1]", "2: the line is not a JSON object"),
    "a missing member": (GOOD.replace('"question"', '"text"'), "2: question: Field required"),
    "no reference at all": (GOOD.replace('"gold_sql"', '"sql"'), "2: gold_sql: Field required"),
    "a date that is none": (GOOD.replace("}", ', "anchor_date": "soon"}'), "2: anchor_date: "),
    "an unknown database": (GOOD.replace("bakery", "casino").replace("q1", "q2"), "2: unknown database 'casino'"),
    "a repeated id": (GOOD, "2: the id q1 stands twice"),
    "another shape": (
        '{"id": "d", "db": "bakery", "turns": []}',
        "2: gold_sql: Field required; question: Field required",
    ),
}


@pytest.mark.parametrize(("line", "complaint"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_with_its_file_and_number(
    line: str, complaint: str, tmp_path: Path, databases: Path
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f"{GOOD}\n{line}\n")
    with pytest.raises(BadInput) as raised:
        read_questions(file, databases)
    assert str(raised.value).startswith(f"{file}:{complaint}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, databases: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.jsonl: the question file cannot be read \(No such file"):
        read_questions(tmp_path / "none.jsonl", databases)
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9")
    with pytest.raises(BadInput, match=r"latin\.jsonl: the question file is not UTF-8"):
        read_questions(tmp_path / "latin.jsonl", databases)
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(BadInput, match=r"empty\.jsonl: there is no question"):
        read_questions(tmp_path / "empty.jsonl", databases)
