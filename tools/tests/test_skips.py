import pytest

from tools.testing.skips import AllowedSkip, AllowedSkipsError, allowed_skips, unlisted


def test_a_line_is_a_pattern_and_a_reason() -> None:
    text = "# comment\n\ntests/integration/test_a.py::* : needs a container engine\n"
    assert allowed_skips(text) == [AllowedSkip("tests/integration/test_a.py::*", "needs a container engine")]


@pytest.mark.parametrize("line", ["tests/a.py::*", "tests/a.py::* : "])
def test_a_line_without_a_reason_is_refused(line: str) -> None:
    with pytest.raises(AllowedSkipsError, match="needs `pattern : reason`"):
        allowed_skips(line)


def test_a_skip_that_no_pattern_covers_is_unlisted() -> None:
    allowed = [AllowedSkip("tests/a.py::test_x[[]*]", "why")]
    assert unlisted(["tests/a.py::test_x[one]", "tests/a.py::test_y"], allowed) == ["tests/a.py::test_y"]
