"""The body of an answer, whole or as events, read without trusting that the server keeps to the protocol."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

_END = "[DONE]"


class UnreadableAnswer(Exception):
    """The body is no chat completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An answer. `declined`: the model or its filter would not answer; `text` is then what it said instead.

    `cut`: the answer ended at a limit of tokens and is incomplete.
    """

    text: str
    declined: bool = False
    cut: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Part(_Lenient):
    text: str = ""


class _Said(_Lenient):
    content: str | tuple[_Part, ...] | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    index: int | None = 0
    message: _Said | None = None
    delta: _Said | None = None
    finish_reason: str | None = None


class _Usage(_Lenient):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Body(_Lenient):
    choices: tuple[_Choice, ...] | None = None
    usage: _Usage | None = None
    error: object = None


def read_answer(body: str) -> Completion:
    """Reads a JSON body or server-sent events, whichever was asked for. Raises `UnreadableAnswer`."""
    bodies = [_checked(part) for part in (_events(body) if _is_stream(body) else [body])]
    if any(part.error for part in bodies):
        raise UnreadableAnswer("an error in place of an answer")
    choices = [choice for part in bodies for choice in part.choices or () if not choice.index]
    if not choices:
        raise UnreadableAnswer("no choices")
    said = [choice.message or choice.delta or _Said() for choice in choices]
    refusal = "".join(part.refusal or "" for part in said)
    reasons = {choice.finish_reason for choice in choices}
    usage = next((part.usage for part in reversed(bodies) if part.usage), _Usage())
    return Completion(
        text=refusal or "".join(_content(part) for part in said),
        declined=bool(refusal) or "content_filter" in reasons,
        cut="length" in reasons,
        prompt_tokens=max(0, usage.prompt_tokens or 0),
        completion_tokens=max(0, usage.completion_tokens or 0),
    )


def _is_stream(body: str) -> bool:
    return body.lstrip().startswith(("data:", "event:", ":", "id:", "retry:"))


def _events(body: str) -> Iterator[str]:
    """Yields the data of server-sent events (WHATWG HTML, section 9.2); none of ours spans several lines."""
    for line in body.splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data and data != _END:
            yield data


def _checked(text: str) -> _Body:
    try:
        return _Body.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        # The cause quotes the body, and that may quote the question.
        raise UnreadableAnswer("not the JSON of a chat completion") from None


def _content(said: _Said) -> str:
    content = said.content or ""
    return content if isinstance(content, str) else "".join(part.text for part in content)
