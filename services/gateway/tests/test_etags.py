"""Entity tags, as RFC 9110 compares them."""

import pytest

from rowcall_gateway.etags import etag, is_known, require_match
from rowcall_gateway.problems import Refusal


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        ('"3"', True),
        ('W/"3"', True),
        ("*", True),
        ('"1", "3"', True),
        ('"1",W/"2"', False),
        ('"33"', False),
    ],
)
def test_if_none_match_compares_weakly(header: str | None, known: bool) -> None:
    assert is_known(header, 3) is known


@pytest.mark.parametrize("header", ['"3"', "*", ' "1" , "3"'])
def test_if_match_lets_the_version_through(header: str) -> None:
    require_match(header, 3)


@pytest.mark.parametrize(
    ("header", "status"),
    [(None, 428), ('"2"', 412), ('W/"3"', 412), ("3", 422), ('"3', 422), ("", 422), ('"3" "2"', 422)],
)
def test_if_match_refuses_the_rest(header: str | None, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        require_match(header, 3)

    assert refused.value.problem.status == status


def test_a_tag_is_the_quoted_version() -> None:
    assert etag(12) == '"12"'
