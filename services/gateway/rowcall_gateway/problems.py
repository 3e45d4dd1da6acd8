"""Errors as RFC 9457 problem documents: the one exception that refuses a request, and what every other one becomes."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rowcall_contracts.problems import FieldError, Problem, ProblemType
from rowcall_gateway.pointers import field_errors
from rowcall_runtime.errors import StoreUnavailable

MEDIA_TYPE = "application/problem+json"

RETRY_AFTER_S = 2
"""Seconds after which a caller may try again when the store is away: its server selection takes as long."""

_BY_STATUS: Mapping[int, ProblemType] = {
    HTTPStatus.BAD_REQUEST: ProblemType.MALFORMED,
    HTTPStatus.NOT_FOUND: ProblemType.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ProblemType.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_ACCEPTABLE: ProblemType.NOT_ACCEPTABLE,
    ProblemType.TOO_LARGE.status: ProblemType.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ProblemType.UNSUPPORTED_MEDIA,
}


class Refusal(Exception):
    """Ends a request with a problem. `detail` says what and where, never a secret or a cell value."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem.of(kind, detail, errors)
        self.headers = dict(headers or {})

    @classmethod
    def at(cls, pointer: str, detail: str) -> "Refusal":
        """Builds the refusal of one field, `query/…` parameter or `header/…`."""
        return cls(ProblemType.INVALID, detail, errors=(FieldError(pointer=pointer, detail=detail),))

    @classmethod
    def not_found(cls, noun: str) -> "Refusal":
        """Builds the refusal of an id that the caller's workspace does not have."""
        return cls(ProblemType.NOT_FOUND, f"This workspace has no such {noun}.")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Renders a problem; `instance` names the request's trace, so that a report of it can be found."""
    trace_id = trace.get_current_span().get_span_context().trace_id
    named = problem.model_copy(update={"instance": f"urn:trace:{trace_id:032x}"}) if trace_id else problem
    content = named.model_dump_json(exclude_defaults=True)
    return Response(content, status_code=named.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Makes every exception of a request a problem; what is left is a bug, which the edge answers."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreUnavailable, _unavailable)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problem_response(error.problem, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem_response(Problem.of(ProblemType.MALFORMED, "The body is not well-formed JSON."))
    if expected := _expected_media(request, error.body):
        return problem_response(Problem.of(ProblemType.UNSUPPORTED_MEDIA, f"Send `Content-Type: {expected}`."))
    errors = field_errors(faults)
    detail = "; ".join(f"{each.pointer or 'body'}: {each.detail}" for each in errors[:3])
    return problem_response(Problem.of(ProblemType.INVALID, detail, errors))


def _expected_media(request: Request, body: object) -> str | None:
    """Returns the media type that should have been sent: FastAPI leaves a body that it cannot read to validation."""
    if isinstance(body, bytes):
        return "application/json"
    is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
    return "multipart/form-data" if isinstance(body, FormData) and not is_form else None


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code < HTTPStatus.BAD_REQUEST:
        return Response(status_code=error.status_code, headers=error.headers)
    fallback = ProblemType.INTERNAL if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else ProblemType.INVALID
    kind = _BY_STATUS.get(error.status_code, fallback)
    return problem_response(Problem.of(kind, kind.title), error.headers)


async def _unavailable(_: Request, __: Exception) -> Response:
    problem = Problem.of(ProblemType.UNAVAILABLE, "The store does not answer; nothing was accepted.")
    return problem_response(problem, {"Retry-After": str(RETRY_AFTER_S)})
