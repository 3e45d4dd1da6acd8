"""The OpenAPI 3.1 document of the app."""

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rowcall_contracts.problems import Problem
from rowcall_gateway.problems import MEDIA_TYPE

DESCRIPTION = """Ask your data; the rows call back.

A request for work answers `202` with a job; `GET /jobs/{id}?wait=30` or `/jobs/{id}/stream` follows it. Errors are
RFC 9457 problem documents. Limits on requests hold per key, minute and replica of this service."""

SHARED_PROBLEMS: Mapping[int | str, str] = {
    400: "The request could not be read.",
    401: "No valid API key.",
    403: "The key lacks a scope.",
    404: "No such resource in this workspace.",
    409: "The resource is in another state.",
    412: "The resource has changed.",
    413: "The request is too large.",
    415: "Unsupported media type.",
    422: "The request is not valid.",
    428: "`If-Match` is required.",
    429: "Too many requests or unfinished jobs.",
    500: "Something went wrong here.",
    503: "The service cannot accept work now.",
}
"""What any operation may answer; which of them it does depends on the request."""


def describe(app: FastAPI) -> dict[str, object]:
    """Builds the document of an app."""
    document = get_openapi(
        title="Rowcall", version=app.version, openapi_version="3.1.0", description=DESCRIPTION, routes=app.routes
    )
    components = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components |= {**problem.pop("$defs", {}), "Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    for operations in document["paths"].values():
        for operation in operations.values():
            _finish(operation)
    return document


def _finish(operation: dict[str, dict[str, dict[str, object]]]) -> None:
    """Gives an operation its problems in place of FastAPI's own errors, and takes OpenAPI 3.2's `itemSchema` out."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = operation["responses"]
    answers.pop("422", None)
    for status, description in SHARED_PROBLEMS.items():
        answers.setdefault(str(status), {"description": description, "content": content})
    for answer in answers.values():
        for media in _contents(answer):
            media.pop("itemSchema", None)


def _contents(answer: Mapping[str, object]) -> list[dict[str, object]]:
    content = answer.get("content")
    return [media for media in content.values() if isinstance(media, dict)] if isinstance(content, dict) else []
