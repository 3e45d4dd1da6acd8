"""The report as a person reads it on a terminal."""

from collections.abc import Iterable, Iterator

from rowcall_sqlgen.evaluate.report import Accuracy, Report


def summary_table(report: Report) -> str:
    """Returns some forty lines of text."""
    lines = list(_head(report))
    if report.measured.scorable:
        lines += ["", *_accuracies(report), "", *_failures(report)]
    return "\n".join(lines) + "\n"


def percent(share: float | None) -> str:
    """Returns a share as `12.3 %`, or a dash for none."""
    return "-" if share is None else f"{share * 100:.1f} %"


def _head(report: Report) -> Iterator[str]:
    measured, answering, latency = report.measured, report.answering, report.latency
    yield f"{measured.name} {measured.version}, fold {measured.fold}, generator {report.generator}"
    yield (
        f"{measured.items} items on {measured.databases} databases: {measured.scorable} scorable, "
        f"{measured.unanswerable} unanswerable, {measured.not_scorable} not scorable"
    )
    if measured.scorable:
        yield (
            f"answered {percent(answering.coverage)} (refused {answering.refused}, asked {answering.asked}), "
            f"right when answered {percent(answering.precision)}, at 60 % coverage {percent(answering.precision_at_60)}"
        )
    if measured.unanswerable:
        held_back = percent(report.unanswerable.held_back)
        yield f"unanswerable: {held_back} held back, {report.unanswerable.answered} answered"
    if report.dialogues:
        yield (
            f"question match {percent(report.dialogues.question_match)} of {report.dialogues.turns} turns, "
            f"interaction match {percent(report.dialogues.interaction_match)} of {report.dialogues.dialogues} dialogues"
        )
    yield (
        f"generation p50 {latency.p50_ms:.1f} ms, p95 {latency.p95_ms:.1f} ms, max {latency.max_ms:.1f} ms "
        f"(processor {latency.cpu_p50_ms:.1f}, {latency.cpu_p95_ms:.1f}, {latency.cpu_max_ms:.1f}); jobs {latency.jobs}"
    )
    if latency.again_p95_ms is not None:
        yield f"asked again: p95 {latency.again_p95_ms:.1f} ms"
    yield _resources(report)


def _resources(report: Report) -> str:
    used = report.resources
    return (
        f"index p50 {used.index_p50_s:.2f} s, max {used.index_max_s:.2f} s; "
        f"introspection max {used.introspect_max_s:.2f} s; peak memory {used.peak_rss_mb:.0f} MB"
    )


def _accuracies(report: Report) -> Iterator[str]:
    yield f"{'':<16}{'scorable':>9}{'EX':>9}{'subset':>9}{_ts_name(report):>9}"
    yield _accuracy("all", report.accuracy)
    yield from _group(report.by_hardness.items())
    yield from _group(report.by_construct.items())


def _ts_name(report: Report) -> str:
    return f"TS-{report.copies}" if report.copies else "TS"


def _group(rows: Iterable[tuple[str, Accuracy]]) -> Iterator[str]:
    for name, accuracy in rows:
        yield _accuracy(name, accuracy)


def _accuracy(name: str, row: Accuracy) -> str:
    return f"{name:<16}{row.scorable:>9}{percent(row.ex):>9}{percent(row.ex_subset):>9}{percent(row.ts):>9}"


def _failures(report: Report) -> Iterator[str]:
    yield "not right, by cause:"
    for cause, count in report.failures.items():
        yield f"{count:>6}  {cause}"
