"""The table of legal moves: what ended stays ended, and everything can end."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.work import TERMINAL, TRANSITIONS, IllegalTransition, State, require_transition

STATES = st.sampled_from(State)


def walk(wishes: list[State]) -> list[State]:
    """The states that work passes through when each wish is tried in turn."""
    passed = [State.QUEUED]
    for wish in wishes:
        with suppress(IllegalTransition):
            passed.append(require_transition(passed[-1], wish))
    return passed


@given(wishes=st.lists(STATES, max_size=30))
def test_whatever_is_tried_work_ends_once_and_never_moves_again(wishes: list[State]) -> None:
    passed = walk(wishes)
    assert sum(state in TERMINAL for state in passed) <= 1
    assert not any(state in TERMINAL for state in passed[:-1])


@given(wishes=st.lists(STATES, max_size=30))
def test_nothing_is_queued_twice(wishes: list[State]) -> None:
    assert walk(wishes).count(State.QUEUED) == 1


@given(wishes=st.lists(STATES, max_size=10), end=st.sampled_from(sorted(TERMINAL)))
def test_what_has_not_ended_can_end_in_every_way_at_once(wishes: list[State], end: State) -> None:
    last = walk(wishes)[-1]
    assert last in TERMINAL or require_transition(last, end) is end


@given(before=STATES, after=STATES)
def test_a_move_is_refused_exactly_when_the_table_lacks_it(before: State, after: State) -> None:
    if after in TRANSITIONS[before]:
        assert require_transition(before, after) is after
    else:
        with pytest.raises(IllegalTransition, match=f"{before} may not become {after}"):
            require_transition(before, after)


def test_the_table_is_this_one() -> None:
    """A second record of the rule, so that no slip in the first goes unseen."""
    ends = {"succeeded", "failed", "cancelled", "needs_input"}
    assert {before.value: {after.value for after in afters} for before, afters in TRANSITIONS.items()} == {
        "queued": {"running", "retry_wait"} | ends,
        "running": {"running", "retry_wait"} | ends,
        "retry_wait": {"running", "retry_wait"} | ends,
        **{end: set[str]() for end in ends},
    }
