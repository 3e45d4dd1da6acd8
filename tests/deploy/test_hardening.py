"""What a platform team checks before it lets a pod in: the restricted Pod Security Standard, and a little more."""

from tests.deploy.dockerfiles import IMAGE_USER
from tests.deploy.manifests import Manifests


def test_pods_run_as_a_numeric_user_under_the_default_seccomp_profile(base: Manifests) -> None:
    for each in base.workloads:
        assert each.pod.security_context == {
            "runAsNonRoot": True,
            "runAsUser": IMAGE_USER,
            "runAsGroup": IMAGE_USER,
            "fsGroup": IMAGE_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def test_containers_have_no_capability_and_a_read_only_root(base: Manifests) -> None:
    for each in base.workloads:
        assert each.container.security_context == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_pods_get_neither_a_token_nor_variables_of_other_services(base: Manifests) -> None:
    for each in base.workloads:
        assert not each.pod.automount_service_account_token
        assert not each.pod.enable_service_links


def test_memory_is_reserved_whole_and_processor_time_is_not_capped(base: Manifests) -> None:
    for each in base.workloads:
        resources = each.container.resources
        assert resources.requests.keys() == {"cpu", "memory"}
        assert resources.limits == {"memory": resources.requests["memory"]}


def test_volumes_are_of_kinds_that_the_restricted_standard_allows(base: Manifests) -> None:
    for each in base.workloads:
        assert all(volume.empty_dir or volume.projected for volume in each.pod.volumes)
