from rowcall_sqlgen.evaluate.split import Fold, fold_of


def test_folds_are_fixed_for_ever() -> None:
    """What was once fitted on must never be judged on: these are decided by the name alone."""
    names = ["activity_1", "aircraft", "allergy_1", "apartment_rentals", "architecture", "chinook", "baseball_1"]
    assert [name for name in names if fold_of(name) is Fold.VALIDATE] == [
        "activity_1",
        "allergy_1",
        "architecture",
    ]


def test_about_a_seventh_of_all_databases_is_validated_on() -> None:
    validated = sum(fold_of(f"database_{i}") is Fold.VALIDATE for i in range(2_000))
    assert 250 <= validated <= 350
