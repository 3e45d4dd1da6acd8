"""Nothing is killed while it still drains: every grace period covers the code's own."""

import inspect

from rowcall_contracts.settings import Settings
from rowcall_runtime.health import serving
from rowcall_runtime.process import FLUSH_S
from tests.deploy.compose import COMPOSE
from tests.deploy.manifests import Manifests
from tests.deploy.pods import Container

MARGIN_S = 5


def test_the_grace_period_covers_the_sleep_the_drain_the_flush_and_the_http_ports(base: Manifests) -> None:
    for each in base.deployments:
        drain_s = float(base.environment(each.container)["ROWCALL_DRAIN_S"])
        assert each.pod.termination_grace_period_seconds >= _sleep_s(each.container) + _needed_s(drain_s)


def test_the_gateway_alone_sleeps_before_it_stops_because_only_to_it_is_traffic_sent(base: Manifests) -> None:
    slept = {each.component: _sleep_s(each.container) for each in base.deployments}
    assert {name for name, seconds in slept.items() if seconds} == {"gateway"}


def test_compose_waits_as_long_as_the_drain_takes() -> None:
    default_drain_s = float(Settings.model_fields["drain_s"].default)
    for service in COMPOSE.ours().values():
        assert service.stop_grace_s >= _needed_s(default_drain_s)


def _needed_s(drain_s: float) -> float:
    """The admin port and the gateway's own are closed one after the other."""
    http_s = float(inspect.signature(serving).parameters["grace_s"].default)
    return drain_s + FLUSH_S + 2 * http_s + MARGIN_S


def _sleep_s(container: Container) -> int:
    return container.lifecycle.pre_stop.sleep.seconds if container.lifecycle else 0
