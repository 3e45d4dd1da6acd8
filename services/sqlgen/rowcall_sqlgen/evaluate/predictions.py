"""`predictions.jsonl`: a line per question or turn, in the order of the question file."""

from collections.abc import Iterable

from rowcall_contracts.base import Stored
from rowcall_sqlgen.evaluate.answering import Action
from rowcall_sqlgen.evaluate.scoring import Scored


class Prediction(Stored):
    """`sql` is set exactly when the action is `answer`; `confidence` is 0 without; `ms` is generation alone."""

    id: str
    action: Action
    sql: str | None
    confidence: float
    ms: float


def prediction_lines(scored: Iterable[Scored]) -> str:
    """Returns the file's content."""
    return "".join(f"{_prediction(each).model_dump_json()}\n" for each in scored)


def _prediction(scored: Scored) -> Prediction:
    answer = scored.answer
    return Prediction(
        id=scored.question.id,
        action=answer.action,
        sql=answer.sql,
        confidence=answer.confidence,
        ms=round(answer.generate_ms, 2),
    )
