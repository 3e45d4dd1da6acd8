"""Writes the measured part of docs/accuracy.md from reports.

`python -m rowcall_sqlgen.evaluate.accuracy_page --page docs/accuracy.md REPORT...`
Everything outside the two markers is written by hand and stays.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from rowcall_sqlgen.evaluate.hardness import Hardness
from rowcall_sqlgen.evaluate.questions import BadInput
from rowcall_sqlgen.evaluate.report import Report
from rowcall_sqlgen.evaluate.summary_table import percent

BEGIN = "<!-- measured: written by `make eval` -->"
END = "<!-- end of what `make eval` writes -->"
_BAD_INPUT = 2
_NEW_PAGE = f"""# Accuracy of generated SQL

{BEGIN}
{END}

## Log
What each step gained, newest first.
"""


def main(arguments: Sequence[str]) -> int:
    """Rewrites the page; returns the exit status. With bad input nothing is written."""
    parser = ArgumentParser(prog="python -m rowcall_sqlgen.evaluate.accuracy_page", description=__doc__)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("reports", type=Path, nargs="+")
    given = parser.parse_args(arguments)
    try:
        old = given.page.read_text(encoding="utf-8") if given.page.exists() else _NEW_PAGE
        page = rewritten(old, [_report(path) for path in given.reports])
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_INPUT
    given.page.write_text(page, encoding="utf-8")
    return 0


def rewritten(page: str, reports: Sequence[Report]) -> str:
    """Returns the page with its measured part made anew.

    Raises:
        BadInput: the page lacks a marker.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise BadInput(f"The page lacks the lines between which the figures stand: {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{measured(reports)}\n{END}{after}"


def measured(reports: Sequence[Report]) -> str:
    """Returns the generated part, Markdown."""
    scorable = [report for report in reports if report.measured.scorable]
    refusing = [report for report in reports if report.measured.unanswerable]
    return "\n\n".join("\n".join(block) for block in _blocks(reports, scorable, refusing) if block)


def _blocks(reports: Sequence[Report], scorable: Sequence[Report], refusing: Sequence[Report]) -> Iterator[list[str]]:
    newest = max(report.at for report in reports)
    names = ", ".join(sorted({report.generator for report in reports}))
    yield [
        f"Measured on {newest:%Y-%m-%d} with the generator `{names}`, no configuration, one question at a time.",
        "The version of a set is the start of its file's SHA-256. EX: execution accuracy; subset: extra columns",
        "allowed; TS: right on the data and on every changed copy; unanswered questions count as wrong.",
    ]
    yield _table(
        "set|version|fold|databases|scorable|EX|subset|TS|answered|precision|precision at 60 % coverage",
        [_accuracy(report) for report in scorable],
    )
    yield _table("EX by hardness|" + "|".join(_LEVELS), [_hardness(report) for report in scorable])
    yield _table(
        "unanswerable questions|version|items|refused or asked back",
        [
            [*_set(report), str(report.unanswerable.items), percent(report.unanswerable.held_back)]
            for report in refusing
        ],
    )
    yield _table(
        "cost|generation p50 / p95 / max (ms)|on the processor (ms)|asked again, p95 (ms)|index p50 / max (s)"
        "|peak memory (MB)|processes",
        [_cost(report) for report in reports],
    )
    for report in scorable:
        yield [f"Not right on {report.measured.name}, by cause:", *_causes(report)]


_LEVELS = [level.value for level in Hardness if level is not Hardness.UNKNOWN]


def _set(report: Report) -> list[str]:
    return [report.measured.name, report.measured.version]


def _accuracy(report: Report) -> list[str]:
    measured_set, accuracy, answering = report.measured, report.accuracy, report.answering
    ts = f"{percent(accuracy.ts)} (TS-{report.copies})" if report.copies else "-"
    return [
        *_set(report),
        measured_set.fold,
        str(measured_set.databases),
        str(accuracy.scorable),
        percent(accuracy.ex),
        percent(accuracy.ex_subset),
        ts,
        percent(answering.coverage),
        percent(answering.precision),
        percent(answering.precision_at_60),
    ]


def _hardness(report: Report) -> list[str]:
    rows = report.by_hardness
    shown = (f"{percent(rows[level].ex)} of {rows[level].scorable}" if level in rows else "-" for level in _LEVELS)
    return [report.measured.name, *shown]


def _cost(report: Report) -> list[str]:
    latency, used = report.latency, report.resources
    return [
        report.measured.name,
        f"{latency.p50_ms:.1f} / {latency.p95_ms:.1f} / {latency.max_ms:.1f}",
        f"{latency.cpu_p50_ms:.1f} / {latency.cpu_p95_ms:.1f} / {latency.cpu_max_ms:.1f}",
        "-" if latency.again_p95_ms is None else f"{latency.again_p95_ms:.1f}",
        f"{used.index_p50_s:.2f} / {used.index_max_s:.2f}",
        f"{used.peak_rss_mb:.0f}",
        str(latency.jobs),
    ]


def _causes(report: Report) -> Iterator[str]:
    yield ""
    for cause, count in report.failures.items():
        yield f"* {count} {cause}"


def _table(head: str, rows: Iterable[Sequence[str]]) -> list[str]:
    names = head.split("|")
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}", *lines] if lines else []


def _report(path: Path) -> Report:
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path}: the report cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        raise BadInput(f"{path}: this is no report of `python -m rowcall_sqlgen.evaluate`.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
