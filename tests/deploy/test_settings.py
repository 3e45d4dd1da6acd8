"""What the manifests set, judged by the models that will read it."""

from collections.abc import Mapping

from rowcall_contracts.settings import ENV_PREFIX, Settings
from rowcall_runtime.environment import FILE_SUFFIX
from tests.deploy.manifests import Manifests, Workload
from tests.deploy.operations_page import listed, table
from tests.deploy.pods import secret_files

Models = Mapping[str, type[Settings]]

CONTENT_OF_A_SECRET = "rk_" + "x" * 40


def test_every_variable_is_a_setting_that_its_process_reads(base: Manifests, settings_of: Models) -> None:
    for each in base.workloads:
        read = {f"{ENV_PREFIX}{name.upper()}" for name in settings_of[each.component].model_fields}
        read_here = {name.removesuffix(FILE_SUFFIX) for name in base.environment(each.container)}
        assert read_here <= read, each.component


def test_the_config_map_holds_what_every_process_reads_and_nothing_else(base: Manifests) -> None:
    for each in base.workloads:
        own = {variable.name for variable in each.container.env}
        shared = {name.removeprefix(ENV_PREFIX).lower() for name in base.environment(each.container).keys() - own}
        assert shared <= Settings.model_fields.keys()


def test_every_process_starts_with_what_is_set(base: Manifests, settings_of: Models) -> None:
    for each in base.workloads:
        fields = {
            name.removeprefix(ENV_PREFIX).removesuffix(FILE_SUFFIX).lower(): _content(name, value)
            for name, value in base.environment(each.container).items()
        }
        assert settings_of[each.component].model_validate(fields).model_fields_set == fields.keys()


def test_ports_and_addresses_are_those_that_probes_and_services_use(base: Manifests) -> None:
    for each in base.deployments:
        environment = base.environment(each.container)
        assert environment["ROWCALL_ADMIN_HOST"] == "0.0.0.0"
        assert environment["ROWCALL_ADMIN_PORT"] == str(each.container.port("admin"))
    gateway = next(each for each in base.deployments if each.component == "gateway")
    assert base.environment(gateway.container)["ROWCALL_HOST"] == "0.0.0.0"
    assert base.environment(gateway.container)["ROWCALL_PORT"] == str(gateway.container.port("http"))


def test_every_secret_is_read_from_a_file_that_is_mounted_and_no_other_is(base: Manifests) -> None:
    for each in base.workloads:
        named = {value for name, value in base.environment(each.container).items() if name.endswith(FILE_SUFFIX)}
        assert named == set(secret_files(each.pod, each.container))


def test_secrets_reach_the_processes_that_the_operations_page_names(base: Manifests) -> None:
    documented = {(name, key, process) for name, key, cell in table("Secrets") for process in listed(cell)}
    mounted = {use for each in base.workloads for use in _uses(each)}
    assert mounted == documented


def _content(name: str, value: str) -> str:
    return CONTENT_OF_A_SECRET if name.endswith(FILE_SUFFIX) else value


def _uses(workload: Workload) -> set[tuple[str, str, str]]:
    secrets = secret_files(workload.pod, workload.container).values()
    return {(secret.name, item.key, workload.component) for secret in secrets for item in secret.items}
