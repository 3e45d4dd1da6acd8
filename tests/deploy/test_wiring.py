"""Names in the base that must agree with other names in it, and with the code."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from starlette.routing import BaseRoute, Route

from rowcall_contracts.pipelines import Service as ServiceName
from rowcall_gateway.probes import router
from rowcall_runtime.health import admin_app
from rowcall_runtime.metrics import Metrics
from tests.deploy.manifests import Budget, Manifests, Service, selected
from tests.deploy.parts import LabelSelector
from tests.deploy.pods import Container, HttpGet, secret_files
from tools.checks.sources import ROOT


def test_there_is_one_deployment_per_service_and_one_migration(base: Manifests) -> None:
    assert sorted(each.component for each in base.deployments) == sorted(ServiceName)
    assert [each.component for each in base.workloads[len(base.deployments) :]] == ["migrate"]


def test_deployments_select_their_own_pods_alone(base: Manifests) -> None:
    for each in base.deployments:
        assert selected(base.workloads, each.spec.selector) == {each.component}


def test_every_deployment_has_a_disruption_budget_that_lets_one_pod_go(base: Manifests) -> None:
    budgets = base.of("PodDisruptionBudget", Budget)
    covered = [selected(base.workloads, budget.spec.selector) for budget in budgets]
    assert sorted(covered, key=sorted) == [{name} for name in sorted(ServiceName)]
    assert all(budget.spec.max_unavailable < min(each.spec.replicas for each in base.deployments) for budget in budgets)


def test_services_point_at_ports_that_every_pod_behind_them_has(base: Manifests) -> None:
    for service in base.of("Service", Service):
        behind = selected(base.workloads, LabelSelector(matchLabels=service.spec.selector))
        assert behind
        for workload in (each for each in base.workloads if each.component in behind):
            for port in service.spec.ports:
                assert workload.container.port(port.target_port)


def test_the_services_are_the_api_and_the_metrics_of_all_five(base: Manifests) -> None:
    behind = {
        each.metadata.name: selected(base.workloads, LabelSelector(matchLabels=each.spec.selector))
        for each in base.of("Service", Service)
    }
    assert behind == {"rowcall-gateway": {"gateway"}, "rowcall-metrics": set(ServiceName)}


def test_every_referenced_account_and_config_map_exists(base: Manifests) -> None:
    for each in base.workloads:
        assert each.pod.service_account_name == f"rowcall-{each.component}"
        assert each.pod.service_account_name in base.names("ServiceAccount")
        assert {source.config_map_ref.name for source in each.container.env_from} == base.names("ConfigMap")


def test_the_manifests_hold_no_secret(base: Manifests) -> None:
    assert not base.names("Secret")


def test_probes_ask_paths_that_the_code_serves_and_ports_that_exist(base: Manifests) -> None:
    app = admin_app(Metrics(), _unasked, dict)
    served = {"admin": _paths(app.routes), "http": _paths(router.routes)}
    for each in base.deployments:
        for probe in _probes(each.container):
            assert probe.path in served[probe.port]
            assert each.container.port(probe.port)


def test_each_probe_asks_for_what_it_means(base: Manifests) -> None:
    for each in base.deployments:
        assert [probe.path for probe in _probes(each.container)] == ["/startupz", "/livez", "/readyz"]


def test_a_cold_store_has_five_minutes_before_a_starting_pod_is_restarted(base: Manifests) -> None:
    for each in base.deployments:
        probe = each.container.startup_probe
        assert probe
        assert probe.period_seconds * probe.failure_threshold >= 300


def test_images_are_named_after_the_service_and_carry_its_version(base: Manifests) -> None:
    for each in base.deployments:
        project = tomllib.loads((ROOT / "services" / each.component / "pyproject.toml").read_text())["project"]
        assert each.container.image == f"{project['name']}:{project['version']}"


def test_whatever_is_written_lies_in_an_empty_volume_with_a_bound(base: Manifests) -> None:
    for each in base.workloads:
        bounded = {volume.name for volume in each.pod.volumes if volume.empty_dir and "sizeLimit" in volume.empty_dir}
        writable = {mount.mount_path for mount in each.container.volume_mounts if mount.name in bounded}
        index = base.environment(each.container).get("ROWCALL_INDEX_DIR")
        assert "/tmp" in writable
        assert index is None or index in writable
        assert (index is not None) == (each.component == "summarizer")


def test_every_mount_names_a_volume(base: Manifests) -> None:
    for each in base.workloads:
        volumes = {volume.name for volume in each.pod.volumes}
        assert {mount.name for mount in each.container.volume_mounts} == volumes
        assert all(PurePosixPath(path).is_absolute() for path in secret_files(each.pod, each.container))


async def _unasked() -> Mapping[str, bool]:
    return {}


def _paths(routes: Iterable[BaseRoute]) -> set[str]:
    return {route.path for route in routes if isinstance(route, Route)}


def _probes(container: Container) -> list[HttpGet]:
    probes = (container.startup_probe, container.liveness_probe, container.readiness_probe)
    return [probe.http_get for probe in probes if probe]
