import pytest

from rowcall_sqlgen.evaluate.curve import Answered, CurvePoint, curve, precision_at


def test_the_surest_answers_come_first() -> None:
    answered = [Answered(0.2, False), Answered(0.9, True), Answered(0.5, True), Answered(0.1, False)]
    assert precision_at(answered, 4, 25) == CurvePoint(coverage=0.25, precision=1.0)
    assert precision_at(answered, 4, 50) == CurvePoint(coverage=0.5, precision=1.0)
    assert precision_at(answered, 4, 75) == CurvePoint(coverage=0.75, precision=2 / 3)
    assert precision_at(answered, 4, 100) == CurvePoint(coverage=1.0, precision=0.5)


def test_coverage_counts_all_scorable_questions_and_rounds_up() -> None:
    answered = [Answered(0.9, True), Answered(0.8, False)]
    assert precision_at(answered, 3, 33) == CurvePoint(coverage=0.33, precision=1.0)
    assert precision_at(answered, 3, 34) == CurvePoint(coverage=0.34, precision=0.5)


def test_a_coverage_that_was_not_reached_has_no_precision() -> None:
    assert precision_at([Answered(0.9, True)], 2, 60) is None
    assert precision_at([], 0, 60) is None


def test_among_ties_the_expected_precision_is_taken_whatever_their_order() -> None:
    tied = [Answered(0.9, True), Answered(0.5, True), Answered(0.5, False), Answered(0.5, False), Answered(0.5, False)]
    points = {precision_at(order, 5, 60) for order in (tied, tied[::-1])}
    assert points == {CurvePoint(coverage=0.6, precision=(1 + 2 * 0.25) / 3)}


def test_the_curve_has_a_point_every_five_percent_up_to_the_coverage_reached() -> None:
    answered = [Answered(1 - i / 20, i < 10) for i in range(15)]
    points = curve(answered, 20)
    assert [round(point.coverage * 100) for point in points] == list(range(5, 80, 5))
    assert points[9].precision == 1.0
    assert points[-1].precision == pytest.approx(10 / 15)
