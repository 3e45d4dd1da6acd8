"""Whole runs of the tool on small databases of our own, checked against the databases themselves."""

import asyncio
import json
import os
import sqlite3
import sys
from asyncio.subprocess import DEVNULL
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import pytest

from rowcall_sqlgen.evaluate.__main__ import main
from rowcall_sqlgen.evaluate.report import Report
from rowcall_sqlgen.llm.testing import offered, serving_llm

NOW = datetime(2026, 1, 2, tzinfo=UTC)
Capture = pytest.CaptureFixture[str]
Evaluate = Callable[..., int]


class Prediction(TypedDict):
    id: str
    action: str
    sql: str | None
    confidence: float
    ms: float


@pytest.fixture
def evaluate(tmp_path: Path, questions: Path, databases: Path) -> Evaluate:
    def run(*more: str, questions: Path = questions, folder: Path = tmp_path) -> int:
        places = ["--out", str(folder / "report.json"), "--predictions", str(folder / "predictions.jsonl")]
        return main(["--questions", str(questions), "--databases", str(databases), *places, *more], now=NOW)

    return run


def report_in(folder: Path) -> Report:
    return Report.model_validate_json((folder / "report.json").read_bytes())


def predictions_in(folder: Path) -> list[Prediction]:
    return [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]


def ids_in(questions: Path) -> list[str]:
    return [json.loads(line)["id"] for line in questions.read_text().splitlines()]


def test_every_question_has_a_line_in_the_order_of_the_file(
    evaluate: Evaluate, tmp_path: Path, questions: Path
) -> None:
    assert evaluate() == 0
    predictions = predictions_in(tmp_path)
    assert [each["id"] for each in predictions] == ids_in(questions)
    for each in predictions:
        assert set(each) == {"id", "action", "sql", "confidence", "ms"}
        assert each["action"] in {"answer", "ask", "refuse"}
        assert (each["sql"] is not None) == (each["action"] == "answer") == (each["confidence"] > 0)
        assert each["ms"] > 0


def test_accuracy_is_what_the_predictions_give_when_run_by_hand(
    evaluate: Evaluate, tmp_path: Path, questions: Path, databases: Path
) -> None:
    assert evaluate() == 0
    report = report_in(tmp_path)
    lines = {line["id"]: line for line in map(json.loads, questions.read_text().splitlines())}
    right = 0
    for each in predictions_in(tmp_path):
        line = lines[each["id"]]
        if each["sql"] is None or line["gold_sql"] is None or not line.get("executes", True):
            continue
        with closing(sqlite3.connect(databases / line["db"] / f"{line['db']}.sqlite")) as connection:
            rows = connection.execute(each["sql"]).fetchall()
            golds = [line["gold_sql"], *line.get("gold_sql_alternatives", [])]
            right += any(Counter(rows) == Counter(connection.execute(gold).fetchall()) for gold in golds)
    assert right >= 4, "the engine answers simple questions"
    assert report.accuracy.right == right
    assert report.accuracy.ex == right / 12
    assert report.measured.model_dump(include={"items", "scorable", "not_scorable", "unanswerable", "databases"}) == {
        "items": 14,
        "scorable": 12,
        "not_scorable": 1,
        "unanswerable": 1,
        "databases": 2,
    }


def test_the_report_adds_up(evaluate: Evaluate, tmp_path: Path, capsys: Capture) -> None:
    assert evaluate("--copies", "2") == 0
    report = report_in(tmp_path)
    accuracy = report.accuracy
    assert sum(report.actions.values()) == 14
    assert sum(report.failures.values()) == accuracy.scorable - accuracy.right
    assert sum(level.scorable for level in report.by_hardness.values()) == accuracy.scorable
    assert accuracy.ts is not None
    assert accuracy.ex is not None
    assert 0 < accuracy.ts <= accuracy.ex <= (accuracy.ex_subset or 0)
    assert report.unanswerable.items == 1
    assert report.at == NOW
    assert report.resources.peak_rss_mb > 10
    assert 0 < report.resources.index_p50_s <= report.resources.index_max_s
    latency = report.latency
    assert 0 < latency.p50_ms <= latency.p95_ms <= latency.max_ms
    assert latency.again_p95_ms is not None
    assert 0 < latency.again_p95_ms < latency.p50_ms, "the second time it is remembered"
    output = capsys.readouterr()
    assert f"{accuracy.ts * 100:.1f} %" in output.out
    assert len(output.err.splitlines()) == 2, "one line of progress per database"


def test_several_processes_predict_the_same(evaluate: Evaluate, tmp_path: Path) -> None:
    found: list[list[Prediction]] = []
    for jobs in ("1", "2"):
        (tmp_path / jobs).mkdir()
        assert evaluate("--jobs", jobs, "--copies", "1", folder=tmp_path / jobs) == 0
        found.append([{**each, "ms": 0.0} for each in predictions_in(tmp_path / jobs)])
    assert found[0] == found[1]
    assert report_in(tmp_path / "2").latency.jobs == 2
    measured = [report_in(tmp_path / jobs).model_dump(exclude={"latency", "resources"}) for jobs in ("1", "2")]
    assert measured[0] == measured[1]


def test_only_the_first_questions_can_be_asked(evaluate: Evaluate, tmp_path: Path) -> None:
    assert evaluate("--limit", "3") == 0
    assert [each["id"] for each in predictions_in(tmp_path)] == ["bakery-0", "bakery-1", "bakery-2"]
    assert report_in(tmp_path).measured.limit == 3


def test_one_fold_can_be_chosen(evaluate: Evaluate, tmp_path: Path, questions: Path, capsys: Capture) -> None:
    for fold, db in (("fit", "bakery"), ("validate", "market")):
        assert evaluate("--fold", fold) == 0
        assert [each["id"] for each in predictions_in(tmp_path)] == [
            each for each in ids_in(questions) if each.startswith(db)
        ]
    questions.write_text(questions.read_text().splitlines()[0])
    assert evaluate("--fold", "validate") == 2
    assert "no question lies in the fold validate" in capsys.readouterr().err


def test_dialogues_are_scored_by_turn_and_as_a_whole(evaluate: Evaluate, tmp_path: Path) -> None:
    count = {"utterance": "How many cakes are there?", "gold_sql": "SELECT count(*) FROM cake", "type": "answerable"}
    wrong = {**count, "gold_sql": "SELECT 'wrong'"}
    thanks = {"utterance": "Thank you!", "gold_sql": None, "type": "improper"}
    dialogues = [
        {"id": "good", "db": "bakery", "turns": [count, thanks]},
        {"id": "bad", "db": "bakery", "turns": [count, wrong]},
    ]
    file = tmp_path / "dialogues.jsonl"
    file.write_text("\n".join(map(json.dumps, dialogues)))
    assert evaluate(questions=file) == 0
    assert [each["id"] for each in predictions_in(tmp_path)] == ["good#1", "good#2", "bad#1", "bad#2"]
    found = report_in(tmp_path).dialogues
    assert found is not None
    assert (found.turns, found.question_match) == (3, 2 / 3)
    assert (found.dialogues, found.interaction_match) == (2, 0.5)
    assert found.actions_by_type["improper"].keys() <= {"refuse", "ask"}


def test_bad_input_is_named_and_nothing_is_written(evaluate: Evaluate, tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "a", "db": "nowhere", "question": "?", "gold_sql": null}')
    assert evaluate(questions=bad) == 2
    assert capsys.readouterr().err.startswith(f"{bad}:1: unknown database 'nowhere'")
    assert evaluate(folder=tmp_path / "missing") == 2
    assert "there is no folder" in capsys.readouterr().err
    assert not [*tmp_path.rglob("report.json"), *tmp_path.rglob("predictions.jsonl")]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_is_no_database_is_bad_input(
    jobs: str, evaluate: Evaluate, tmp_path: Path, databases: Path, capsys: Capture
) -> None:
    broken = databases / "market" / "market.sqlite"
    broken.write_bytes(b"SQLite format 3\x00 but nothing more")
    assert evaluate("--jobs", jobs, "--copies", "1") == 2
    assert f"{broken}: the database cannot be used" in capsys.readouterr().err
    assert not (tmp_path / "report.json").exists()


def test_the_llm_generator_needs_its_settings(
    evaluate: Evaluate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.delenv("ROWCALL_LLM_BASE_URL", raising=False)
    assert evaluate("--generator", "llm") == 2
    assert "set ROWCALL_LLM_BASE_URL and ROWCALL_LLM_MODEL" in capsys.readouterr().err
    assert not (tmp_path / "report.json").exists()


async def test_the_command_measures_a_language_model_too(tmp_path: Path, questions: Path, databases: Path) -> None:
    asked = ["--questions", str(questions), "--databases", str(databases), "--generator", "llm", "--limit", "2"]
    places = ["--out", str(tmp_path / "report.json"), "--predictions", str(tmp_path / "predictions.jsonl")]
    async with serving_llm() as server:
        server.otherwise = offered("SELECT count(*) + 0 FROM baker")
        model = {"ROWCALL_LLM_BASE_URL": server.base_url, "ROWCALL_LLM_MODEL": "m"}
        command = [sys.executable, "-m", "rowcall_sqlgen.evaluate", *asked, *places]
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **model}, stdout=DEVNULL)
        assert await process.wait() == 0
    report = report_in(tmp_path)
    assert (report.generator, report.accuracy.right) == ("llm", 1)
    assert predictions_in(tmp_path)[0]["sql"] == "SELECT COUNT(*) + 0 FROM baker"
    assert len(server.bodies) == 2, "one call per question, none for the index"


@pytest.mark.parametrize(
    ("option", "value"), [("--copies", "-1"), ("--jobs", "0"), ("--jobs", "two"), ("--fold", "test"), ("--limit", "0")]
)
def test_a_wrong_option_is_refused(option: str, value: str, evaluate: Evaluate, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as raised:
        evaluate(option, value)
    assert raised.value.code == 2
    assert option in capsys.readouterr().err
