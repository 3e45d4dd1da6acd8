"""From several answers to one ranking: statements that say the same are one candidate, and agreement counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate

NormalForm = Callable[[str], str]


@dataclass(slots=True)
class _Choice:
    """A statement by its normal form, and who is for it. A voter's second choice counts half, its third a third."""

    candidate: Candidate
    support: float = 0.0
    sureness: list[float] = field(default_factory=list)
    builtin: Candidate | None = None

    def confidence(self, answers: int) -> float:
        """Returns the mean over all answers, an answer without it counting 0; raised where the engine agrees.

        Two ways to the same statement that know nothing of each other are wrong together only when both are.
        """
        doubt = 1.0 - sum(self.sureness) / answers
        return 1.0 - doubt * (1.0 - self.builtin.confidence if self.builtin else 1.0)

    def elected(self, confidence: float) -> Candidate:
        words = self.builtin.used_words if self.builtin else self.candidate.used_words
        return self.candidate.model_copy(update={"confidence": round(confidence, 3), "used_words": words})


def elect(
    answers: Sequence[Sequence[Candidate]], builtin: Sequence[Candidate], normal_form: NormalForm
) -> tuple[Candidate, ...]:
    """Ranks what one or more answers of the model and the built-in engine offer; at most `MAX_CANDIDATES`.

    The model's statements come first, by support; the engine's own fill free places. Confidence never rises down
    the ranking.
    """
    choices: dict[str, _Choice] = {}
    for answer in answers:
        for place, (form, candidate) in enumerate(_distinct(answer, normal_form)):
            choice = choices.setdefault(form, _Choice(candidate))
            choice.support += 1.0 / (place + 1)
            choice.sureness.append(candidate.confidence)
    fillers = []
    for place, (form, candidate) in enumerate(_distinct(builtin, normal_form)):
        if (agreed := choices.get(form)) is None:
            fillers.append(candidate)
            continue
        agreed.support += candidate.confidence / (place + 1)
        agreed.builtin = candidate
    ranked = sorted(choices.values(), key=lambda choice: -choice.support)
    sure = [(choice.elected(choice.confidence(len(answers)))) for choice in ranked]
    return tuple(_falling([*sure, *fillers][:MAX_CANDIDATES]))


def _distinct(candidates: Iterable[Candidate], normal_form: NormalForm) -> list[tuple[str, Candidate]]:
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        found.setdefault(normal_form(candidate.sql), candidate)
    return list(found.items())


def _falling(candidates: Sequence[Candidate]) -> Iterable[Candidate]:
    least = 1.0
    for candidate in candidates:
        least = min(least, candidate.confidence)
        yield candidate.model_copy(update={"confidence": least})
