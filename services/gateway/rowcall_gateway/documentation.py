"""Pages for people, without a script or a font from elsewhere: the API at a glance, and what each problem means."""

from collections.abc import Iterator
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from rowcall_contracts.asyncapi import asyncapi_document
from rowcall_contracts.problems import ProblemType
from rowcall_gateway.problems import Refusal

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}
code{{background:#f2f2f2;padding:0 .25rem}}li{{margin:.25rem 0}}</style><h1>{title}</h1>{body}</html>
"""


@router.get("/docs", response_class=HTMLResponse)
async def show_docs(request: Request) -> str:
    """Lists every operation; the whole description is `/openapi.json`."""
    rows = "".join(f"<li><code>{escape(line)}</code> {escape(summary)}</li>" for line, summary in _operations(request))
    machines = '<a href="/openapi.json">/openapi.json</a>, and <a href="/asyncapi">/asyncapi</a> for Kafka'
    body = f"<p>Machines read {machines}.</p><ul>{rows}</ul><h2>Problems</h2><ul>"
    links = "".join(f'<li><a href="{kind.uri}">{kind.value.slug}</a></li>' for kind in ProblemType)
    return _PAGE.format(title="Rowcall API", body=body + links + "</ul>")


@router.get("/asyncapi")
async def show_asyncapi() -> JSONResponse:
    """Describes everything that travels on Kafka, as AsyncAPI 3."""
    return JSONResponse(asyncapi_document())


@router.get("/problems/{slug}", response_class=HTMLResponse)
async def show_problem(slug: str) -> str:
    """Explains a problem type: the page that its `type` leads to."""
    kind = next((kind for kind in ProblemType if kind.value.slug == slug), None)
    if kind is None:
        raise Refusal(ProblemType.NOT_FOUND, "There is no such problem type; `/docs` lists them.")
    body = f"<p>Status {kind.status}. {escape(kind.title)}</p><p>{escape(kind.cure)}</p>"
    return _PAGE.format(title=slug, body=body)


def _operations(request: Request) -> Iterator[tuple[str, str]]:
    for path, operations in request.app.openapi()["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation["description"].partition("\n")[0]
