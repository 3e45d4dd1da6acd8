"""One question through the same rounds as in the service: generate, execute, and with errors fed back once more."""

import time
from dataclasses import dataclass, replace
from enum import StrEnum

from rowcall_contracts.candidates import MAX_ROUNDS, ClarificationKind, Generation, OutcomeStatus
from rowcall_contracts.catalog import Catalog
from rowcall_contracts.inputs import MAX_ROWS_DEFAULT, Turn
from rowcall_contracts.results import ResultSet
from rowcall_databases import Database
from rowcall_sqlgen.evaluate.executing import Ran, chosen, run_candidates
from rowcall_sqlgen.evaluate.questions import Question
from rowcall_sqlgen.generator import GenerationRequest, Generator, Tried
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge


class Action(StrEnum):
    """What the caller of the service would see."""

    ANSWER = "answer"  # rows; or a failure, where a statement was offered and none of the candidates ran
    ASK = "ask"  # a question back with several readings
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one question. `generate_ms` and `cpu_ms` count all rounds of generation, never an execution.

    `again_ms`: generation when the same was asked once more, `None` where it was not. `outcome` is that of the
    statement shown; `names_words`: a clarification says which words were not understood.
    """

    action: Action
    sql: str | None = None
    confidence: float = 0.0
    outcome: OutcomeStatus | None = None
    clarification: ClarificationKind | None = None
    names_words: bool = False
    rounds: int = 0
    generate_ms: float = 0.0
    cpu_ms: float = 0.0
    again_ms: float | None = None


@dataclass(slots=True)
class _Spent:
    """Time of generation, on the wall and on the processor (all threads of the process), in milliseconds."""

    rounds: int = 0
    wall_ms: float = 0.0
    cpu_ms: float = 0.0

    def add(self, wall_s: float, cpu_s: float) -> None:
        self.rounds += 1
        self.wall_ms += wall_s * 1000
        self.cpu_ms += cpu_s * 1000


class Answering:
    """Asks one generator about one database."""

    def __init__(
        self,
        generator: Generator,
        database: Database,
        catalog: Catalog,
        *,
        connection_id: str,
        knowledge: Knowledge = NOTHING,
        asks_again: bool = False,
    ) -> None:
        """`asks_again`: every question that follows no other, to see how long an answer takes that is remembered."""
        self._generator = generator
        self._database = database
        self._catalog = catalog
        self._connection_id = connection_id
        self._knowledge = knowledge
        self._asks_again = asks_again

    async def __call__(self, question: Question, history: tuple[Turn, ...] = ()) -> tuple[Answer, ResultSet | None]:
        """Returns the answer and, where a statement ran, its rows."""
        answer, result = await self._in_rounds(question, history)
        if self._asks_again and not history:
            again = _Spent()
            await self._generate(self.request(question, (), history), again)
            answer = replace(answer, again_ms=again.wall_ms)
        return answer, result

    async def _in_rounds(self, question: Question, history: tuple[Turn, ...]) -> tuple[Answer, ResultSet | None]:
        spent = _Spent()
        feedback: tuple[Tried, ...] = ()
        ran: list[Ran] = []
        for _ in range(MAX_ROUNDS):
            generation = await self._generate(self.request(question, feedback, history), spent)
            if not generation.candidates:
                return _clarified(generation, spent), None
            ran = await run_candidates(generation.candidates, self._database)
            position = chosen(generation.candidates, ran)
            if position is not None:
                confidence = generation.candidates[position].confidence
                return _answered(ran[position], confidence, spent), ran[position].result
            pairs = zip(generation.candidates, ran, strict=True)
            feedback = tuple(Tried(candidate=candidate, outcome=each.outcome) for candidate, each in pairs)
        return _answered(ran[0], feedback[0].candidate.confidence, spent), None

    def request(
        self, question: Question, feedback: tuple[Tried, ...], history: tuple[Turn, ...] = ()
    ) -> GenerationRequest:
        """Returns what the service would ask."""
        return GenerationRequest(
            question=question.text,
            connection_id=self._connection_id,
            catalog=self._catalog,
            max_rows=MAX_ROWS_DEFAULT,
            now=question.now,
            feedback=feedback,
            history=history,
            knowledge=self._knowledge,
        )

    async def _generate(self, request: GenerationRequest, spent: _Spent) -> Generation:
        wall, cpu = time.perf_counter(), time.process_time()
        generation = await self._generator.generate(request)
        spent.add(time.perf_counter() - wall, time.process_time() - cpu)
        return generation


def _answered(ran: Ran, confidence: float, spent: _Spent) -> Answer:
    return Answer(
        action=Action.ANSWER,
        sql=ran.sql,
        confidence=confidence,
        outcome=ran.outcome.status,
        rounds=spent.rounds,
        generate_ms=spent.wall_ms,
        cpu_ms=spent.cpu_ms,
    )


def _clarified(generation: Generation, spent: _Spent) -> Answer:
    clarification = generation.clarification
    kind = clarification.kind if clarification else ClarificationKind.NOT_UNDERSTOOD
    return Answer(
        action=Action.ASK if kind is ClarificationKind.AMBIGUOUS else Action.REFUSE,
        clarification=kind,
        names_words=bool(clarification and clarification.words),
        rounds=spent.rounds,
        generate_ms=spent.wall_ms,
        cpu_ms=spent.cpu_ms,
    )
