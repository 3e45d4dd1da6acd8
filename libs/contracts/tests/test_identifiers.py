"""Names that some database takes for the same one."""

import pytest

from rowcall_contracts.identifiers import fold_name


@pytest.mark.parametrize(
    "spelling",
    [
        "PASSWORD",
        " password ",
        "pass\u200bword",
        "\ufeffpassword",
        "ｐａｓｓｗｏｒｄ",
        "p\u00e1ssword",
        "pa\u017fsword",
        "pass\u00adword",
    ],
)
def test_case_width_accents_and_invisible_characters_do_not_count(spelling: str) -> None:
    assert fold_name(spelling) == "password"


@pytest.mark.parametrize("other", ["p\u0430ssword", "passw0rd", "pass word", "pass_word"])
def test_look_alikes_are_other_names(other: str) -> None:
    assert fold_name(other) != "password"


@pytest.mark.parametrize("name", ["İstanbul", "Straße", "ﬁeld", "naïve", "K\u212a"])
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)
