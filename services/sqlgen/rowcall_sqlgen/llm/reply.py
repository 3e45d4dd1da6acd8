"""What an LLM answers, checked."""

import json
import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Clarification, ClarificationKind
from rowcall_sqlgen.llm.data_text import plain

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)
_MEMBERS = frozenset({"candidates", "clarification"})
_MOST_TEXTS = 20
_MOST_BRACES = 50
_LONGEST_SENTENCE = 500


class MalformedReply(Exception):
    """The reply is not the object that was asked for. The message says why, without quoting the reply."""


class _CandidateReply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    sql: str = Field(min_length=1, max_length=10_000)
    confidence: float = Field(default=0.5, allow_inf_nan=False)
    assumptions: tuple[str, ...] = Field(default=(), max_length=_MOST_TEXTS)
    explanation: str | None = Field(default=None, max_length=2_000)


class _ClarificationReply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: ClarificationKind = ClarificationKind.NOT_UNDERSTOOD
    message: str = Field(min_length=1, max_length=2_000)
    words: tuple[str, ...] = Field(default=(), max_length=_MOST_TEXTS)
    options: tuple[str, ...] = Field(default=(), max_length=_MOST_TEXTS)


class Reply(BaseModel):
    """A checked reply: candidates, or a clarification."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    candidates: tuple[_CandidateReply, ...] = ()
    clarification: _ClarificationReply | None = None

    def ranked(self) -> tuple[Candidate, ...]:
        """Returns the candidates in the reply's order, confidence brought into 0..1."""
        return tuple(
            Candidate(
                sql=candidate.sql.strip().rstrip(";").rstrip(),
                confidence=min(1.0, max(0.0, candidate.confidence)),
                assumptions=_sentences(candidate.assumptions),
                explanation=plain(candidate.explanation or "", _LONGEST_SENTENCE) or None,
            )
            for candidate in self.candidates[:MAX_CANDIDATES]
        )

    def question_back(self) -> Clarification | None:
        """Returns the clarification, if there is one."""
        asked = self.clarification
        if asked is None:
            return None
        return Clarification(
            kind=asked.kind,
            message=plain(asked.message, _LONGEST_SENTENCE),
            words=_sentences(asked.words),
            options=_sentences(asked.options),
        )


def parse_reply(text: str) -> Reply:
    """Reads a reply, whatever stands around its JSON object: fences, greetings, thoughts. Raises `MalformedReply`."""
    try:
        reply = Reply.model_validate(_object(text))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg']}" for e in error.errors()[:5])
        raise MalformedReply(f"not the object asked for: {wrong}") from None
    if not reply.candidates and reply.clarification is None:
        raise MalformedReply("neither candidates nor a clarification")
    return reply


def json_objects(text: str) -> Iterator[dict[str, object]]:
    """Yields the JSON objects in a text that a model wrote, its thoughts left out, in the order of their braces."""
    said = _THOUGHTS.sub("", text)
    decoder = json.JSONDecoder()
    for brace in [match.start() for match in re.finditer(r"\{", said)][:_MOST_BRACES]:
        try:
            found, _ = decoder.raw_decode(said, brace)
        except (ValueError, RecursionError):
            continue
        yield found


def _object(text: str) -> dict[str, object]:
    """Returns the first JSON object that has one of the members asked for."""
    found = next((each for each in json_objects(text) if each.keys() & _MEMBERS), None)
    if found is None:
        raise MalformedReply("without a JSON object that has `candidates` or `clarification`")
    return found


def _sentences(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(text, _LONGEST_SENTENCE) for text in texts)
