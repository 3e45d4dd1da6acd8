"""Bodies of answers from servers that keep to the protocol more or less."""

import json

import pytest

from rowcall_sqlgen.llm.answer_body import Completion, UnreadableAnswer, read_answer


def _whole(**choice: object) -> str:
    return json.dumps({"choices": [{"index": 0, **choice}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})


def _events(*bodies: object) -> str:
    return "".join(f"data: {json.dumps(body)}\n\n" for body in bodies) + "data: [DONE]\n\n"


def _delta(**delta: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta}]}


def test_whole_answer_is_read_with_its_cost() -> None:
    body = _whole(finish_reason="stop", message={"content": "hello"})
    assert read_answer(body) == Completion(text="hello", prompt_tokens=3, completion_tokens=4)


def test_answer_without_usage_costs_nothing_that_is_known() -> None:
    assert read_answer('{"choices": [{"message": {"content": "hello"}}]}') == Completion(text="hello")


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "completion_tokens": -7}])
def test_cost_that_is_unknown_or_absurd_counts_as_none(usage: object) -> None:
    body = {"choices": [{"index": None, "message": {"content": "hello"}}], "usage": usage}
    assert read_answer(json.dumps(body)) == Completion(text="hello")


def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]
    assert read_answer(_whole(message={"content": parts})).text == "hello"


def test_events_are_joined_over_comments_empty_choices_and_other_choices() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    other = {"choices": [{"index": 1, "delta": {"content": "other"}}]}
    body = ": keep-alive\r\n\r\n" + _events(
        _delta(role="assistant"), _delta(content="hel"), other, _delta(content="lo")
    )
    assert read_answer(body + _events(usage)) == Completion(text="hello", prompt_tokens=3, completion_tokens=4)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (_whole(message={"content": None, "refusal": "No."}), Completion(text="No.", declined=True)),
        (_events(_delta(refusal="N"), _delta(refusal="o.")), Completion(text="No.", declined=True)),
        (_whole(finish_reason="content_filter", message={"content": ""}), Completion(text="", declined=True)),
        (_whole(finish_reason="length", message={"content": "hel"}), Completion(text="hel", cut=True)),
        (_whole(finish_reason="stop", message={"content": None}), Completion(text="")),
    ],
)
def test_refusal_filter_length_and_silence_are_told_apart(body: str, expected: Completion) -> None:
    found = read_answer(body)
    assert (found.text, found.declined, found.cut) == (expected.text, expected.declined, expected.cut)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "secret",
        "[]",
        "{}",
        '{"choices": []}',
        '{"choices": 7}',
        '{"error": {"message": "secret"}}',
        _events({"error": {"message": "secret"}}),
        _events(_delta(content="secret"), {"error": {"message": "overloaded"}}),
        "data: {secret\n\n",
        "data: [DONE]\n\n",
        "[" * 100_000,
    ],
    ids=lambda body: body[:40],
)
def test_body_that_is_no_completion_is_unreadable_and_not_quoted(body: str) -> None:
    with pytest.raises(UnreadableAnswer) as raised:
        read_answer(body)
    assert "secret" not in f"{raised.value!r} {raised.value.__cause__!r}"
