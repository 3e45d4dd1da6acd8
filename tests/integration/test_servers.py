"""The tests' choice of servers."""

import pytest

from tests.integration.servers import Servers, no_containers


def test_where_a_container_engine_answers_the_shared_deployment_does_not_use_embedded_servers(servers: Servers) -> None:
    if reason := no_containers():
        pytest.skip(reason)
    assert "embedded" not in servers.broker_name + servers.store_name
