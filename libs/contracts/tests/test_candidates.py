"""The rule that picks a candidate."""

from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus, choose

OUTCOMES = st.one_of(
    st.builds(Outcome, status=st.sampled_from(OutcomeStatus), row_count=st.integers(0, 2)),
    st.just(Outcome(status=OutcomeStatus.OK)),
)


def chosen(outcomes: list[Outcome]) -> int | None:
    candidates = [Candidate(sql=f"SELECT {number}", confidence=0.5) for number in range(len(outcomes))]
    return choose(candidates, outcomes)


@given(outcomes=st.lists(OUTCOMES, max_size=5))
def test_the_best_ranked_with_rows_wins_else_the_best_ranked_that_ran_else_none(outcomes: list[Outcome]) -> None:
    ran = [number for number, outcome in enumerate(outcomes) if outcome.status is OutcomeStatus.OK]
    with_rows = [number for number in ran if outcomes[number].row_count]
    assert chosen(outcomes) == min(with_rows or ran, default=None)


def test_an_outcome_without_a_candidate_is_never_chosen() -> None:
    good = Outcome(status=OutcomeStatus.OK, row_count=1)
    assert choose([], [good]) is None
