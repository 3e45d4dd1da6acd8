"""The page about accuracy, written from the report of a real run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowcall_sqlgen.evaluate import accuracy_page
from rowcall_sqlgen.evaluate.__main__ import main
from rowcall_sqlgen.evaluate.report import Report
from rowcall_sqlgen.evaluate.summary_table import percent


@pytest.fixture
def report(tmp_path: Path, questions: Path, databases: Path) -> Path:
    out = tmp_path / "report.json"
    places = ["--out", str(out), "--predictions", str(tmp_path / "predictions.jsonl")]
    asked = ["--questions", str(questions), "--databases", str(databases), "--copies", "1"]
    assert main([*asked, *places], now=datetime(2026, 1, 2, tzinfo=UTC)) == 0
    return out


def test_a_new_page_shows_set_version_date_and_figures(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "accuracy.md"
    assert accuracy_page.main(["--page", str(page), str(report)]) == 0
    text = page.read_text()
    figures = Report.model_validate_json(report.read_bytes())
    assert "2026-01-02" in text
    assert f"| {tmp_path.name}/questions | {figures.measured.version} | all | 2 | 12 |" in text
    assert f"| {percent(figures.accuracy.ex)} | {percent(figures.accuracy.ex_subset)} |" in text
    assert f"{percent(figures.accuracy.ts)} (TS-1)" in text
    assert "## Log" in text


def test_what_is_written_by_hand_stays(report: Path, tmp_path: Path) -> None:
    page = tmp_path / "accuracy.md"
    page.write_text(f"Mine.\n{accuracy_page.BEGIN}\nold figures\n{accuracy_page.END}\n## Log\n* +3 points\n")
    for _ in range(2):
        assert accuracy_page.main(["--page", str(page), str(report)]) == 0
    text = page.read_text()
    assert text.startswith(f"Mine.\n{accuracy_page.BEGIN}\nMeasured on")
    assert text.endswith(f"{accuracy_page.END}\n## Log\n* +3 points\n")
    assert "old figures" not in text
    assert text.count("Measured on") == 1


def test_bad_input_leaves_the_page_alone(report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "accuracy.md"
    page.write_text("without markers")
    assert accuracy_page.main(["--page", str(page), str(report)]) == 2
    assert "lacks the lines" in capsys.readouterr().err
    report.write_text("{}")
    assert accuracy_page.main(["--page", str(page), str(report)]) == 2
    assert f"{report}: this is no report" in capsys.readouterr().err
    assert accuracy_page.main(["--page", str(page), str(tmp_path / "none.json")]) == 2
    assert page.read_text() == "without markers"
