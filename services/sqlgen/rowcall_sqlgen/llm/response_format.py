"""What is asked of the endpoint besides the messages; servers differ in what they know of the protocol."""

from enum import Enum

from rowcall_contracts.candidates import MAX_CANDIDATES, ClarificationKind

Json = dict[str, object]

MOST_REPLY_TOKENS = 4_096


def _object(**properties: Json) -> Json:
    """Returns the schema of an object as strict mode wants it: every member required, no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"anyOf": [{"type": "null"}, _TEXT]}
_TEXTS: Json = {"type": "array", "items": _TEXT}

REPLY_SCHEMA = _object(
    candidates={
        "type": "array",
        "description": f"At most {MAX_CANDIDATES}, best first.",
        "items": _object(sql=_TEXT, confidence={"type": "number"}, assumptions=_TEXTS, explanation=_TEXT_OR_NULL),
    },
    clarification={
        "anyOf": [
            {"type": "null"},
            _object(
                kind={"type": "string", "enum": [kind.value for kind in ClarificationKind]},
                message=_TEXT,
                words=_TEXTS,
                options=_TEXTS,
            ),
        ]
    },
)


class RequestForm(Enum):
    """Ways to ask, the most demanding first. A server that answers 400 to one is asked in the next."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    BARE = "bare"  # model and messages alone: some servers refuse any parameter that they do not know

    def body(self, temperature: float, schema: Json) -> Json:
        """Returns the members of the request's body besides model and messages; `schema` is that of the answer."""
        if self is RequestForm.BARE:
            return {}
        wanted: Json = {"type": self.value}
        if self is RequestForm.SCHEMA:
            wanted["json_schema"] = {"name": "answer", "strict": True, "schema": schema}
        return {"max_completion_tokens": MOST_REPLY_TOKENS, "response_format": wanted, "temperature": temperature}
