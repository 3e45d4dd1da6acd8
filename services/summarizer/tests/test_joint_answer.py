"""A sentence and a chart per task, and one answer for all."""

from rowcall_contracts.candidates import (
    Candidate,
    Clarification,
    ClarificationKind,
    Generation,
    Outcome,
    OutcomeStatus,
    Task,
)
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.outputs import Executed, TaskRound
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_summarizer.joint_answer import joint_answer
from services.summarizer.tests.executed import INTEGER, TEXT, executed

COUNT = "SELECT COUNT(*) AS flight_count FROM flights"
GROUPED = "SELECT origin, COUNT(*) AS flight_count FROM flights GROUP BY origin"
ASKED = Clarification(kind=ClarificationKind.NOT_UNDERSTOOD, message="Nothing was found for `mood`.", words=("mood",))
FAILED = Problem.of(ProblemType.SQL_TIMEOUT, "The statement was stopped after 5 seconds.")


def _generation(*tasks: Task, left_out: int = 0) -> Generation:
    return Generation(dialect=Dialect.SQLITE, generator="builtin", tasks=tasks, tasks_left_out=left_out)


def _found(id_: str, result: Executed, *, confidence: float = 0.9) -> TaskRound:
    chosen = Candidate(sql=result.sql, confidence=confidence, assumptions=("Years are calendar years.",))
    outcome = Outcome(status=OutcomeStatus.OK, row_count=result.row_count)
    return TaskRound(id=id_, candidates=(chosen,), outcomes=(outcome,), chosen=0, executed=result)


COUNTED = executed({"flight_count": INTEGER}, [(336_776,)], sql=COUNT)
PER_ORIGIN = executed(
    {"origin": TEXT, "flight_count": INTEGER}, [("EWR", 120), ("JFK", 111), ("LGA", 104)], sql=GROUPED
)


def test_every_task_has_its_sentence_and_a_chart_where_one_fits() -> None:
    tasks = (Task(id="1", question="How many flights are there?"), Task(id="2", question="flights per origin"))
    said = joint_answer(_generation(*tasks), [_found("1", COUNTED), _found("2", PER_ORIGIN, confidence=0.6)])

    one, two = said.tasks
    assert (one.answer, one.chart, one.rows) == ("There are 336,776 flights.", None, ((336_776,),))
    assert two.chart is not None
    assert (two.sql, two.row_count, two.assumptions) == (GROUPED, 3, ("Years are calendar years.",))
    assert said.answer == f"{one.answer}\n{two.answer}"
    assert (said.confidence, said.sql, said.rows, said.rows_url) == (0.6, None, (), None)


def test_tasks_without_an_answer_say_why_and_take_nothing_from_the_others() -> None:
    tasks = (
        Task(id="1", question="What is the mood?", clarification=ASKED),
        Task(id="2", question="How many flights are there?"),
        Task(id="3", question="Which flight is the slowest?"),
    )
    rounds = [TaskRound(id="1"), _found("2", COUNTED), TaskRound(id="3", error=FAILED)]
    said = joint_answer(_generation(*tasks), rounds)

    assert [(task.id, task.answer is None, task.sql) for task in said.tasks] == [
        ("1", True, None),
        ("2", False, COUNT),
        ("3", True, None),
    ]
    assert (said.tasks[0].clarification, said.tasks[2].error, said.confidence) == (ASKED, FAILED, 0.9)
    assert said.answer is not None
    assert said.answer.splitlines() == [
        "Not answered: “What is the mood?”. Nothing was found for `mood`.",
        "There are 336,776 flights.",
        "Not answered: “Which flight is the slowest?”. The statement was stopped after 5 seconds.",
    ]


def test_questions_beyond_the_most_are_counted() -> None:
    said = joint_answer(_generation(Task(id="1", question="flights"), left_out=2), [_found("1", COUNTED)])
    assert said.answer is not None
    assert said.answer.splitlines()[-1] == "2 more questions were left out: 6 are answered at once."
