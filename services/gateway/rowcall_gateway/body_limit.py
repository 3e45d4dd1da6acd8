"""Bodies are bounded while they arrive, chunked ones too, before anything is parsed or written."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rowcall_contracts.jobs import MAX_INPUT_BYTES
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_gateway.problems import problem_response

MAX_DOCUMENT_BYTES = 1024 * 1024
FORM_OVERHEAD_BYTES = 16 * 1024
"""Room for boundaries, part headers and the name beside an uploaded file."""

UPLOAD_PATH = "/documents"

DRAINED_BYTES = 4 * 1024 * 1024
"""What is read and dropped of a refused body: a socket closed on unread data is reset, and the answer is lost."""


class BodyLimit:
    """ASGI middleware. FastAPI's own limit answers plain text, so its promise is kept here as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a declared length at once, and an undeclared one when it has grown too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared[:18]) > limit:
            await _drain(receive)
            problem = Problem.of(ProblemType.TOO_LARGE, f"A body has at most {limit:,} bytes here.")
            await problem_response(problem, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _counting(receive, limit), send)


def _limit(path: str) -> int:
    return MAX_DOCUMENT_BYTES + FORM_OVERHEAD_BYTES if path == UPLOAD_PATH else MAX_INPUT_BYTES


def _counting(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            await _drain(receive, more=message.get("more_body", False))
            raise HTTPException(ProblemType.TOO_LARGE.status)
        return message

    return counted


async def _drain(receive: Receive, *, more: bool = True) -> None:
    dropped = 0
    while more and dropped < DRAINED_BYTES:
        message = await receive()
        dropped += len(message.get("body", b""))
        more = message.get("more_body", False)
