"""One call to the endpoint: the answer, or an error that says what to do next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError, AsyncOpenAI, Timeout
from openai.types.chat import ChatCompletionMessageParam
from pydantic import SecretStr

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.llm.answer_body import Completion, UnreadableAnswer, read_answer

LONGEST_WAIT_S = 600.0
CONNECT_TIMEOUT_S = 5.0

_RETRYABLE_STATUS = frozenset({408, 409, 425, 429})
_STREAMED = {"stream": True, "stream_options": {"include_usage": True}}
_FORM_STATUS = frozenset({400, 422})
_HINTS = {
    401: "The key was not accepted: check ROWCALL_LLM_API_KEY.",
    403: "The key may not use this model: check ROWCALL_LLM_API_KEY and ROWCALL_LLM_MODEL.",
    404: "There is no such endpoint or model: check ROWCALL_LLM_BASE_URL and ROWCALL_LLM_MODEL.",
    413: "The prompt is too long: lower ROWCALL_LLM_PROMPT_TOKENS.",
}
_OTHER_HINT = "Check ROWCALL_LLM_MODEL, and that ROWCALL_LLM_PROMPT_TOKENS fits its context."


class FormRefused(Permanent):
    """The endpoint did not accept the request as it was written; another form of it may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmEndpoint:
    """Where the model is. `timeout_s` bounds one call from connect to the last byte.

    `stream` asks for answers as streams of events; an answer of either kind is read whatever was asked for.
    """

    base_url: str
    model: str
    api_key: SecretStr | None = None
    timeout_s: float = 60.0
    stream: bool = False

    def client(self) -> AsyncOpenAI:
        """Returns a client without retries of its own: it would ignore a long `Retry-After` and our deadline."""
        key = self.api_key.get_secret_value() if self.api_key else "none"
        timeout = Timeout(self.timeout_s, connect=min(CONNECT_TIMEOUT_S, self.timeout_s))
        return AsyncOpenAI(base_url=self.base_url, api_key=key, timeout=timeout, max_retries=0)


async def complete(
    client: AsyncOpenAI,
    endpoint: LlmEndpoint,
    *,
    messages: Sequence[ChatCompletionMessageParam],
    body: Mapping[str, object],
    now: Callable[[], datetime],
) -> Completion:
    """Asks once; `body` holds further members of the request. `now` is what a `Retry-After` date counts from.

    Raises:
        Retryable: rate limit, time-out, unreachable or failing endpoint, with its `Retry-After` where it gave one.
        FormRefused: the endpoint did not accept the body.
        Permanent: the endpoint refused the key, the model or the address.
    """
    streamed = _STREAMED if endpoint.stream else {}
    try:
        answer = await client.chat.completions.with_raw_response.create(
            model=endpoint.model, messages=list(messages), extra_body={**body, **streamed}
        )
        return read_answer(answer.text)
    except UnreadableAnswer as error:
        raise Retryable(f"The LLM endpoint's answer could not be read: {error}.") from error
    except APITimeoutError as error:
        raise Retryable("The LLM endpoint did not answer in time.") from error
    except APIConnectionError as error:
        raise Retryable("The LLM endpoint could not be reached.") from error
    except APIStatusError as error:
        raise _from_status(error, now()) from None  # its text may quote the key or the question
    except APIError as error:
        raise Retryable("The LLM endpoint's answer could not be read.") from error


def _from_status(error: APIStatusError, now: datetime) -> Retryable | Permanent:
    status = error.status_code
    if status in _RETRYABLE_STATUS or status >= 500:
        after_s = wait_s(error.response.headers.get("retry-after"), now)
        return Retryable(f"The LLM endpoint answered {status}.", after_s=after_s)
    kind = FormRefused if status in _FORM_STATUS else Permanent
    hint = _HINTS.get(status, _OTHER_HINT)
    return kind(ProblemType.GENERATOR_FAILED, f"The LLM endpoint refused the request with {status}. {hint}")


def wait_s(header: str | None, now: datetime) -> float | None:
    """Reads `Retry-After` (RFC 9110 section 10.2.3): seconds or a date; absent or unreadable gives `None`."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return min(max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()), LONGEST_WAIT_S)
