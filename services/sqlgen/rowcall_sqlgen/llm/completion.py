"""One call to the endpoint: the text of the answer and its cost, or an error that says what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import SecretStr

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent, Retryable

MOST_REPLY_TOKENS = 4_096
LONGEST_WAIT_S = 600.0
_RETRYABLE_STATUS = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmEndpoint:
    """Where the model is. `timeout_s` bounds one call from connect to the last byte."""

    base_url: str
    model: str
    api_key: SecretStr | None = None
    timeout_s: float = 60.0

    def client(self) -> AsyncOpenAI:
        """Returns a client that leaves retries to the job: they must survive this process."""
        key = self.api_key.get_secret_value() if self.api_key else "none"
        return AsyncOpenAI(base_url=self.base_url, api_key=key, timeout=self.timeout_s, max_retries=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An answer. `declined`: the model or its filter would not answer; `text` is then what it said instead."""

    text: str
    declined: bool
    prompt_tokens: int
    completion_tokens: int


async def complete(
    client: AsyncOpenAI, model: str, messages: Sequence[ChatCompletionMessageParam], *, now: datetime
) -> Completion:
    """Asks once. `now` is what a `Retry-After` date counts from.

    Raises:
        Retryable: rate limit, time-out, unreachable or failing endpoint, with its `Retry-After` where it gave one.
        Permanent: the endpoint refused the request or the key.
    """
    try:
        answer = await client.chat.completions.create(
            model=model, messages=list(messages), temperature=0, max_completion_tokens=MOST_REPLY_TOKENS
        )
    except APITimeoutError as error:
        raise Retryable("The LLM endpoint did not answer in time.") from error
    except APIConnectionError as error:
        raise Retryable("The LLM endpoint could not be reached.") from error
    except APIStatusError as error:
        raise _from_status(error, now) from error
    except APIError as error:
        raise Retryable("The LLM endpoint's answer could not be read.") from error
    return _completion(answer)


def _from_status(error: APIStatusError, now: datetime) -> Retryable | Permanent:
    status = error.status_code
    if status in _RETRYABLE_STATUS or status >= 500:
        after_s = _wait_s(error.response.headers.get("retry-after"), now)
        return Retryable(f"The LLM endpoint answered {status}.", after_s=after_s)
    hint = " Check the key." if status in (401, 403) else " Check the base URL and the model's name."
    return Permanent(ProblemType.GENERATOR_FAILED, f"The LLM endpoint refused the request with {status}.{hint}")


def _wait_s(header: str | None, now: datetime) -> float | None:
    """Reads `Retry-After` (RFC 9110 §10.2.3): seconds or a date; absent or unreadable gives `None`."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return min(max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()), LONGEST_WAIT_S)


def _completion(answer: ChatCompletion) -> Completion:
    usage = answer.usage
    # Servers that only resemble the protocol may leave out choices.
    choice = answer.choices[0] if answer.choices else None
    refusal = choice.message.refusal if choice else None
    filtered = choice is not None and choice.finish_reason == "content_filter"
    text = refusal or (choice.message.content if choice else None) or ""
    return Completion(
        text=text,
        declined=bool(refusal) or filtered,
        prompt_tokens=usage.prompt_tokens if usage else 0,
        completion_tokens=usage.completion_tokens if usage else 0,
    )
