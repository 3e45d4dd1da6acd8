"""The dependency that each route names its scope with."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from rowcall_contracts.scopes import Scope
from rowcall_gateway.caller import Caller
from rowcall_gateway.parts import Handed

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key, `rk_…`.")


class Requires:
    """Lets a caller in whose key has the scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(
        self,
        request: Request,
        parts: Handed,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> Caller:
        """Returns the caller; raises as `Gate.admit`. The edge adds the rate headers to whatever is answered."""
        token = credentials.credentials if credentials else None
        caller, allowance = await parts.gate.admit(token, self.scope)
        request.state.rate_headers = allowance.headers
        return caller
