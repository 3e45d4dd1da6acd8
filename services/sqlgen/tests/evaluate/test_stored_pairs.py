"""The comparison with and without stored pairs, on small databases of our own."""

import json
from pathlib import Path

import pytest

from rowcall_sqlgen.evaluate.questions import Question, read_questions
from rowcall_sqlgen.evaluate.stored_pairs import StoredPairsReport, divided, main


def test_stored_questions_are_all_answered_as_stored_and_never_among_the_rest(
    tmp_path: Path, questions: Path, databases: Path
) -> None:
    out = tmp_path / "report.json"
    places = ["--questions", str(questions), "--databases", str(databases), "--out", str(out)]
    assert main([*places, "--generator", "grammar", "--percent", "50"]) == 0
    report = StoredPairsReport.model_validate_json(out.read_bytes())
    assert report.stored.asked == report.stored.right > 0
    assert report.stored_wrong == ()
    assert report.rest_with.asked == report.rest_without.asked > 0
    assert report.rest_with.right >= report.rest_without.right


def test_division_follows_the_seed_and_leaves_no_stored_question_in_the_rest(questions: Path, databases: Path) -> None:
    read = read_questions(questions, databases).questions
    twice = (
        *read,
        *(Question(id=f"again-{q.id}", db=q.db, text=q.text.upper(), golds=q.golds, scorable=True) for q in read),
    )
    stored, rest = divided(twice, percent=30, seed=3)
    assert divided(twice, percent=30, seed=3) == (stored, rest)
    assert divided(twice, percent=30, seed=4) != (stored, rest)
    known = {(q.db, q.text.casefold()) for q in stored}
    assert not known & {(q.db, q.text.casefold()) for q in rest}


def test_bad_input_is_named(tmp_path: Path, databases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dialogues = tmp_path / "dialogues.jsonl"
    turns = [{"utterance": "How many cakes are there?", "gold_sql": "SELECT count(*) FROM cake"}]
    dialogues.write_text(json.dumps({"id": "d", "db": "bakery", "turns": turns}))
    places = ["--questions", str(dialogues), "--databases", str(databases), "--out", str(tmp_path / "out.json")]
    assert main(places) == 2
    assert "no single question with an answer" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
