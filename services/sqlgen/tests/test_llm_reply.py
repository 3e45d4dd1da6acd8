"""Replies of models as they come: fenced, prefixed, thought aloud, half right, or wrong."""

import json

import pytest

from rowcall_contracts.candidates import ClarificationKind
from rowcall_sqlgen.llm.reply import MalformedReply, parse_reply

OBJECT = json.dumps({"candidates": [{"sql": "SELECT '{\"}' ;", "confidence": 0.4}], "clarification": None})


@pytest.mark.parametrize(
    "text",
    [
        OBJECT,
        f"```json\n{OBJECT}\n```",
        f"```\n{OBJECT}\n```\nHope that helps {{}}",
        f"Here you are:\n\n{OBJECT}",
        f'<think>Maybe {{"candidates": []}} or not</think>{OBJECT}',
        f'The schema {{"a": 1}} gives {OBJECT}',
        f"{{not json}} {OBJECT}",
        f"\ufeff  {OBJECT}",
    ],
)
def test_object_is_found_whatever_stands_around_it(text: str) -> None:
    [candidate] = parse_reply(text).ranked()
    assert (candidate.sql, candidate.confidence) == ("SELECT '{\"}'", 0.4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        "[]",
        '{"candidates": []}',
        '{"candidates": [], "clarification": null}',
        '{"candidates": [{"sql": ""}]}',
        '{"candidates": [{"sql": 5}]}',
        '{"candidates": [{"sql": "SELECT 1", "confidence": NaN}]}',
        '{"candidates": "SELECT 1"}',
        '{"candidates": [{"sql": "' + "x" * 20_000 + '"}]}',
        '{"clarification": {"kind": "bored", "message": "no"}}',
        '{"candidates": [{"sql": "SELECT',
        "{" * 100_000,
        '{"candidates":' * 20_000,
        '{"a":' * 20_000 + "1" + "}" * 20_000,
    ],
    ids=lambda text: text[:60],
)
def test_anything_else_is_malformed_and_not_quoted(text: str) -> None:
    with pytest.raises(MalformedReply) as raised:
        parse_reply(text)
    assert "SELECT" not in str(raised.value)
    assert len(str(raised.value)) < 1_000


def test_clarification_without_a_kind_is_a_question_that_was_not_understood() -> None:
    asked = parse_reply('{"clarification": {"message": "Which\\u0000 one?", "options": ["a", "b"]}}').question_back()
    assert asked is not None
    assert (asked.kind, asked.message) == (ClarificationKind.NOT_UNDERSTOOD, "Which  one?")
    assert asked.options == ("a", "b")


def test_reply_with_candidates_alone_asks_nothing_back() -> None:
    assert parse_reply(OBJECT).question_back() is None
