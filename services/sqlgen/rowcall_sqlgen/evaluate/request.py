"""What the caller of the tool asks for."""

from dataclasses import dataclass
from pathlib import Path

from rowcall_sqlgen.evaluate.dialogues import HistorySource
from rowcall_sqlgen.evaluate.generators import GeneratorKind
from rowcall_sqlgen.evaluate.split import Fold
from rowcall_sqlgen.knowledge.model import Knowledge


@dataclass(frozen=True, kw_only=True)
class EvaluationRequest:
    """The command line. `fold`: `None` for both; `limit`: at most so many questions or turns, the first of the fold."""

    questions: Path
    databases: Path
    generator: GeneratorKind
    copies: int
    jobs: int
    fold: Fold | None
    limit: int | None
    knowledge: Knowledge
    history: HistorySource
    out: Path
    predictions: Path
