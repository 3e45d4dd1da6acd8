"""What an LLM answers, checked."""

import json
import re

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Clarification, ClarificationKind

_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
_MOST_TEXTS = 20


class MalformedReply(Exception):
    """The reply is not the object that was asked for. The message says why, without quoting the reply."""


class _CandidateReply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    sql: str = Field(min_length=1, max_length=20_000)
    confidence: float = 0.5
    assumptions: tuple[str, ...] = Field(default=(), max_length=_MOST_TEXTS)


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
                sql=candidate.sql.strip().rstrip(";"),
                confidence=min(1.0, max(0.0, candidate.confidence)),
                assumptions=candidate.assumptions,
            )
            for candidate in self.candidates[:MAX_CANDIDATES]
        )

    def question_back(self) -> Clarification | None:
        """Returns the clarification, if there is one."""
        asked = self.clarification
        if asked is None:
            return None
        return Clarification(kind=asked.kind, message=asked.message, words=asked.words, options=asked.options)


def parse_reply(text: str) -> Reply:
    """Reads a reply, with or without a Markdown fence. Raises `MalformedReply`."""
    fenced = _FENCE.match(text)
    try:
        reply = Reply.model_validate(json.loads(fenced[1] if fenced else text))
    except json.JSONDecodeError as error:
        raise MalformedReply(f"not JSON: {error.msg} at character {error.pos}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg']}" for e in error.errors()[:5])
        raise MalformedReply(f"not the object asked for: {wrong}") from error
    if not reply.candidates and reply.clarification is None:
        raise MalformedReply("neither candidates nor a clarification")
    return reply
