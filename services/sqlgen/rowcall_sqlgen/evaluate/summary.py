"""From the scores of single questions to the figures of the report."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rowcall_sqlgen.evaluate.answering import Action
from rowcall_sqlgen.evaluate.constructs import constructs_of
from rowcall_sqlgen.evaluate.curve import HEADLINE_PERCENT, Answered, curve, precision_at
from rowcall_sqlgen.evaluate.database_run import DatabaseRun
from rowcall_sqlgen.evaluate.hardness import Hardness, hardness_of
from rowcall_sqlgen.evaluate.report import (
    Accuracy,
    Answering,
    Dialogues,
    Latency,
    MeasuredSet,
    Report,
    Resources,
    Unanswerable,
)
from rowcall_sqlgen.evaluate.request import EvaluationRequest
from rowcall_sqlgen.evaluate.scoring import Scored

_MB = 2**20


def summarize(request: EvaluationRequest, runs: Sequence[DatabaseRun], *, version: str, now: datetime) -> Report:
    """Returns the report on at least one run. `version` is the SHA-256 of the question file."""
    scored = [each for run in runs for each in run.scored]
    scorable = [each for each in scored if each.scorable]
    return Report(
        at=now,
        generator=request.generator.value,
        copies=request.copies,
        measured=_measured(request, scored, version=version, databases=len(runs)),
        accuracy=_accuracy(scorable, request.copies),
        by_hardness=_by(
            scorable, lambda each: (_hardness(each),), request.copies, first=[each.value for each in Hardness]
        ),
        by_construct=_by(scorable, lambda each: constructs_of(each.question.golds[0]), request.copies),
        answering=_answering(scorable),
        unanswerable=_unanswerable([each for each in scored if not each.question.golds]),
        actions=_counts(each.answer.action.value for each in scored),
        failures=_counts(each.cause.value for each in scorable if each.cause),
        rounds=_counts(str(each.answer.rounds) for each in scored),
        latency=_latency(scored, request.jobs),
        resources=_resources(runs),
        dialogues=_dialogues(scored),
    )


def percentile(values: Iterable[float], percent: int) -> float:
    """Returns the nearest-rank percentile; 0 of nothing."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)] if ranked else 0.0


def _measured(request: EvaluationRequest, scored: Sequence[Scored], *, version: str, databases: int) -> MeasuredSet:
    scorable = sum(each.scorable for each in scored)
    unanswerable = sum(not each.question.golds for each in scored)
    return MeasuredSet(
        path=request.questions.as_posix(),
        name=f"{request.questions.resolve().parent.name}/{request.questions.stem}",
        version=version[:12],
        fold=request.fold or "all",
        limit=request.limit,
        databases=databases,
        items=len(scored),
        scorable=scorable,
        not_scorable=len(scored) - scorable - unanswerable,
        unanswerable=unanswerable,
    )


def _accuracy(scorable: Sequence[Scored], copies: int) -> Accuracy:
    return Accuracy(
        scorable=len(scorable),
        right=sum(each.right for each in scorable),
        ex=_share(each.right for each in scorable),
        ex_subset=_share(each.right_subset for each in scorable),
        ts=_share(each.right_on_copies for each in scorable) if copies else None,
    )


def _by(
    scorable: Sequence[Scored], names: Callable[[Scored], Iterable[str]], copies: int, *, first: Sequence[str] = ()
) -> dict[str, Accuracy]:
    """Returns accuracies by name: those of `first` in their order, then the commonest first."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for each in scorable:
        for name in names(each):
            groups[name].append(each)
    order = [*(name for name in first if name in groups), *sorted(groups, key=lambda name: (-len(groups[name]), name))]
    return {name: _accuracy(groups[name], copies) for name in dict.fromkeys(order)}


def _hardness(scored: Scored) -> str:
    return scored.question.hardness or hardness_of(scored.question.golds[0]).value


def _answering(scorable: Sequence[Scored]) -> Answering:
    answers = [each for each in scorable if each.answer.action is Action.ANSWER]
    ranked = [Answered(each.answer.confidence, each.right) for each in answers]
    headline = precision_at(ranked, len(scorable), HEADLINE_PERCENT)
    return Answering(
        coverage=_share(each.answer.action is Action.ANSWER for each in scorable),
        precision=_share(each.right for each in answers),
        precision_at_60=headline.precision if headline else None,
        curve=curve(ranked, len(scorable)),
        refused=sum(each.answer.action is Action.REFUSE for each in scorable),
        asked=sum(each.answer.action is Action.ASK for each in scorable),
        wrong_refusals=_share(each.answer.action is not Action.ANSWER for each in scorable),
    )


def _unanswerable(scored: Sequence[Scored]) -> Unanswerable:
    return Unanswerable(
        items=len(scored),
        answered=sum(each.answer.action is Action.ANSWER for each in scored),
        held_back=_share(each.answer.action is not Action.ANSWER for each in scored),
    )


def _latency(scored: Sequence[Scored], jobs: int) -> Latency:
    wall = [each.answer.generate_ms for each in scored]
    cpu = [each.answer.cpu_ms for each in scored]
    again = [each.answer.again_ms for each in scored if each.answer.again_ms is not None]
    return Latency(
        jobs=jobs,
        p50_ms=percentile(wall, 50),
        p95_ms=percentile(wall, 95),
        max_ms=percentile(wall, 100),
        cpu_p50_ms=percentile(cpu, 50),
        cpu_p95_ms=percentile(cpu, 95),
        cpu_max_ms=percentile(cpu, 100),
        again_p95_ms=percentile(again, 95) if again else None,
    )


def _resources(runs: Sequence[DatabaseRun]) -> Resources:
    indexes = [run.index_s for run in runs]
    introspections = [run.introspect_s for run in runs]
    return Resources(
        index_p50_s=percentile(indexes, 50),
        index_max_s=percentile(indexes, 100),
        introspect_p50_s=percentile(introspections, 50),
        introspect_max_s=percentile(introspections, 100),
        peak_rss_mb=max(run.peak_rss for run in runs) / _MB,
    )


def _dialogues(scored: Sequence[Scored]) -> Dialogues | None:
    turns = [each for each in scored if each.question.dialogue is not None]
    if not turns:
        return None
    rights: defaultdict[str | None, list[bool]] = defaultdict(list)
    by_type: defaultdict[str, list[str]] = defaultdict(list)
    for turn in turns:
        by_type[turn.question.turn_type or "no type"].append(turn.answer.action.value)
        if turn.scorable:
            rights[turn.question.dialogue].append(turn.right)
    return Dialogues(
        turns=sum(map(len, rights.values())),
        question_match=_share(right for group in rights.values() for right in group),
        dialogues=len(rights),
        interaction_match=_share(all(group) for group in rights.values()),
        actions_by_type={name: _counts(actions) for name, actions in by_type.items()},
    )


def _share(hits: Iterable[bool]) -> float | None:
    found = list(hits)
    return sum(found) / len(found) if found else None


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
