"""Generated requests over the whole OpenAPI document: no 5xx, no answer outside the schema. Bounded and seeded."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.deployment import KEY, Deployment

EXAMPLES = 15
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = "/stream"
"""A stream of a job that does not end has no end to check."""


@pytest.mark.timeout(240)
def test_no_generated_request_is_answered_outside_the_schema(deployment: Deployment) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    schema = schemathesis.openapi.from_url(f"{deployment.url}/openapi.json", headers=headers)
    called: set[str] = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if operation.path.endswith(ENDLESS):
            continue

        @hypothesis.seed(1)
        @hypothesis.settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @hypothesis.given(case=operation.as_strategy())
        def call(case: schemathesis.Case[Any]) -> None:
            called.add(case.operation.label)
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=40)

        call()
    assert len(called) >= 30, sorted(called)
    forget_endpoints(deployment)


def forget_endpoints(deployment: Deployment) -> None:
    """Deletes the generated webhook endpoints: they would get the events of all later tests."""
    with deployment.client() as client:
        while endpoints := client.get("/webhooks/endpoints").json()["data"]:
            for endpoint in endpoints:
                assert client.delete(f"/webhooks/endpoints/{endpoint['id']}").status_code == 204
