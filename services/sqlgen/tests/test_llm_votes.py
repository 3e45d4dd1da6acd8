"""How answers of the model and the engine become one ranking."""

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate
from rowcall_sqlgen.llm.votes import elect


def _answer(*statements: str, confidence: float = 0.8) -> list[Candidate]:
    return [Candidate(sql=sql, confidence=confidence) for sql in statements]


def _elected(answers: list[list[Candidate]], builtin: list[Candidate] | None = None) -> list[tuple[str, float]]:
    found = elect(answers, builtin or [], str.upper)
    return [(candidate.sql, candidate.confidence) for candidate in found]


def test_one_answer_keeps_its_order_and_confidence() -> None:
    assert _elected([_answer("a", "b", "c")]) == [("a", 0.8), ("b", 0.8), ("c", 0.8)]


def test_same_statement_twice_in_one_answer_votes_once() -> None:
    assert _elected([_answer("a", "b", "B", "B")]) == [("a", 0.8), ("b", 0.8)]


def test_statement_that_most_answers_name_wins_whatever_its_spelling() -> None:
    found = _elected([_answer("a"), _answer("b"), _answer("B")])
    assert found == [("b", 0.533), ("a", 0.267)]


def test_second_choices_count_half() -> None:
    assert next(sql for sql, _ in _elected([_answer("a", "c"), _answer("b", "c"), _answer("d", "c")])) == "c"
    assert next(sql for sql, _ in _elected([_answer("a", "c"), _answer("a"), _answer("b", "c")])) == "a"


def test_agreement_of_the_engine_can_lift_the_second_choice_and_raises_its_confidence() -> None:
    found = _elected([_answer("a", "b", confidence=0.5)], _answer("B", confidence=0.9))
    assert found == [("b", 0.95), ("a", 0.5)]


def test_engine_that_is_hardly_sure_lifts_nothing() -> None:
    assert [sql for sql, _ in _elected([_answer("a", "b")], _answer("b", confidence=0.3))] == ["a", "b"]


def test_candidates_of_the_engine_alone_fill_free_places_and_never_claim_more() -> None:
    found = _elected([_answer("a", "b", confidence=0.6)], _answer("v", "w", "x", "y", confidence=0.9))
    assert found == [("a", 0.6), ("b", 0.6), ("v", 0.6), ("w", 0.6), ("x", 0.6)]
    assert len(found) == MAX_CANDIDATES


def test_words_of_the_question_come_from_the_engine_where_it_agrees() -> None:
    [candidate] = elect([_answer("a")], [Candidate(sql="A", confidence=0.5, used_words=("how", "many"))], str.upper)
    assert (candidate.sql, candidate.used_words) == ("a", ("how", "many"))
