"""`/livez` and `/readyz` on the API's own port, for load balancers that see no other."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from rowcall_gateway.parts import Handed
from rowcall_runtime.process import ready

router = APIRouter(tags=["probes"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be served: the store answers and has the schema of this version."""

    status: Literal["ok", "unready"]
    checks: dict[str, bool]


@router.get("/livez")
async def livez() -> Alive:
    """Answers while the process does; looks at nothing else."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(parts: Handed, response: Response) -> Readiness:
    """Tells whether to send requests here."""
    checks = await ready(parts.store, parts.verification)
    good = all(checks.values())
    response.status_code = 200 if good else 503
    return Readiness(status="ok" if good else "unready", checks=dict(checks))
