"""The dependency that each route names its scope with."""

from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from rowcall_contracts.scopes import Scope
from rowcall_gateway.caller import Caller
from rowcall_gateway.parts import handed_over


class Requires(SecurityBase):
    """Lets a caller in whose key has the scope.

    A security scheme of its own: FastAPI's `HTTPBearer` as a dependency below would be resolved at every request.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.model = HTTPBearer(description="An API key, `rk_…`.")
        self.scheme_name = "key"

    async def __call__(self, request: Request) -> Caller:
        """Returns the caller; raises as `Gate.admit`. The edge adds the rate headers to whatever is answered."""
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        parts = await handed_over(request)
        caller, allowance = await parts.gate.admit(token if scheme.lower() == "bearer" else None, self.scope)
        request.state.rate_headers = allowance.headers
        return caller
