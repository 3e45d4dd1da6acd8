"""The report: what `report.json` holds. Shares and accuracies are 0..1, `None` where there is nothing to divide by."""

from datetime import datetime

from rowcall_contracts.base import Stored
from rowcall_sqlgen.evaluate.curve import CurvePoint


class MeasuredSet(Stored):
    """What was asked. `version`: the first twelve digits of the question file's SHA-256."""

    path: str
    name: str
    version: str
    fold: str
    limit: int | None  # only the first so many were asked
    databases: int
    items: int
    scorable: int
    not_scorable: int  # a reference that does not run, or needs data that is missing
    unanswerable: int  # no reference: right is to ask or to refuse


class Accuracy(Stored):
    """Over scorable questions. `ts`: right on the data and on every copy; `None` without copies."""

    scorable: int
    right: int
    ex: float | None
    ex_subset: float | None  # extra columns allowed
    ts: float | None


class Answering(Stored):
    """Selective answering. `coverage`: share of scorable questions that were answered."""

    coverage: float | None
    precision: float | None
    precision_at_60: float | None  # when only the surest 60 % of all scorable questions are answered
    curve: tuple[CurvePoint, ...]
    refused: int  # scorable, wrongly
    asked: int
    wrong_refusals: float | None  # share of scorable questions refused or asked back


class Unanswerable(Stored):
    """Questions without a reference."""

    items: int
    answered: int
    held_back: float | None  # share refused or asked back


class Latency(Stored):
    """Generation alone, all rounds of a question, in milliseconds. With several `jobs` processes shared the machine."""

    jobs: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    cpu_max_ms: float
    again_p95_ms: float | None  # of questions asked a second time; `None` where none was


class Resources(Stored):
    """The index is built once per state of a catalog; introspection is the executor's work."""

    index_p50_s: float
    index_max_s: float
    introspect_p50_s: float
    introspect_max_s: float
    peak_rss_mb: float  # of the largest process


class Dialogues(Stored):
    """A turn counts if it is scorable; a dialogue is right if all its scorable turns are."""

    turns: int
    question_match: float | None
    dialogues: int
    interaction_match: float | None
    actions_by_type: dict[str, dict[str, int]]


class Report(Stored):
    """One evaluation."""

    at: datetime
    generator: str
    copies: int
    measured: MeasuredSet
    accuracy: Accuracy
    by_hardness: dict[str, Accuracy]
    by_construct: dict[str, Accuracy]
    answering: Answering
    unanswerable: Unanswerable
    actions: dict[str, int]
    failures: dict[str, int]
    rounds: dict[str, int]
    latency: Latency
    resources: Resources
    dialogues: Dialogues | None
