"""Compose says the same as the manifests, and hides what has no password."""

from collections.abc import Mapping

import pytest

from rowcall_contracts.pipelines import Service
from rowcall_contracts.settings import ENV_PREFIX, Settings
from rowcall_runtime.environment import FILE_SUFFIX
from tests.deploy.compose import COMPOSE
from tests.deploy.manifests import Manifests
from tests.deploy.pods import secret_files
from tools.checks.sources import ROOT

Models = Mapping[str, type[Settings]]
PROCESSES = [*sorted(Service), "migrate"]


@pytest.mark.parametrize("name", PROCESSES)
def test_every_variable_is_a_setting_that_its_process_reads(name: str, settings_of: Models) -> None:
    # `migrate` shares its block with the five, and OTEL_* belongs to OpenTelemetry.
    read = {f"{ENV_PREFIX}{field.upper()}" for field in settings_of[name].model_fields}
    variables = {key.removesuffix(FILE_SUFFIX) for key in COMPOSE.services[name].environment if key[:5] != "OTEL_"}
    assert variables <= read


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_starts_with_what_is_set(name: str, settings_of: Models) -> None:
    environment = COMPOSE.services[name].environment
    fields = {
        key.removeprefix(ENV_PREFIX).removesuffix(FILE_SUFFIX).lower(): value
        for key, value in environment.items()
        if value is not None
    }
    assert settings_of[name].model_validate(fields).model_fields_set == fields.keys()


def test_the_same_secrets_reach_the_same_services_as_in_kubernetes(base: Manifests) -> None:
    # The store asks for no password here, so its address is no secret.
    in_kubernetes = {
        each.component: {
            item.key
            for secret in secret_files(each.pod, each.container).values()
            for item in secret.items
            if secret.name != "rowcall-store"
        }
        for each in base.deployments
    }
    assert {name: set(service.secrets) for name, service in COMPOSE.ours().items()} == in_kubernetes


def test_secrets_are_read_from_where_compose_mounts_them() -> None:
    for service in COMPOSE.ours().values():
        named = {value for key, value in service.environment.items() if key.endswith(FILE_SUFFIX)}
        assert named == {f"/run/secrets/{name}" for name in service.secrets}
        assert set(service.secrets) <= COMPOSE.secrets.keys()


def test_broker_and_store_are_in_a_closed_network_and_publish_nothing() -> None:
    assert COMPOSE.networks["data"] == {"internal": True}
    for name in ("kafka", "mongo"):
        assert COMPOSE.services[name].networks == ["data"]
        assert not COMPOSE.services[name].ports


def test_the_api_is_published_on_loopback_unless_the_operator_says_otherwise() -> None:
    assert {name: service.ports for name, service in COMPOSE.ours().items() if service.ports} == {
        "gateway": ["${ROWCALL_PUBLISH:-127.0.0.1:8000}:8000"]
    }


def test_services_start_after_the_migration_and_that_after_broker_and_store() -> None:
    for service in COMPOSE.ours().values():
        assert {name: each.condition for name, each in service.depends_on.items()} == {
            "migrate": "service_completed_successfully"
        }
    migrate = COMPOSE.services["migrate"]
    assert {name: each.condition for name, each in migrate.depends_on.items()} == {
        "kafka": "service_healthy",
        "mongo": "service_healthy",
    }


@pytest.mark.parametrize("name", PROCESSES)
def test_containers_are_hardened_as_in_kubernetes(name: str) -> None:
    service = COMPOSE.services[name]
    assert (service.read_only, service.cap_drop, service.tmpfs) == (True, ["ALL"], ["/tmp"])


def test_images_and_commands_are_those_of_the_manifests(base: Manifests) -> None:
    for each in base.workloads:
        service = COMPOSE.services[each.component]
        assert service.image == each.container.image
        assert list(service.entrypoint) == list(each.container.command)


def test_images_are_built_from_the_repository_s_root() -> None:
    folder = ROOT / "deploy/compose"
    for name, service in COMPOSE.ours().items():
        assert service.build
        assert (folder / service.build.context).resolve() == ROOT
        assert service.build.dockerfile == f"services/{name}/Dockerfile"
