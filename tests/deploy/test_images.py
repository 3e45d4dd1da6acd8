"""The five Dockerfiles are one pattern, and carry exactly the packages that their service needs."""

import json
import tomllib
from pathlib import Path

import pytest

from rowcall_contracts.pipelines import Service
from tests.deploy.dockerfiles import IMAGE_USER, Instruction, dockerfile, instructions, stages
from tools.checks.sources import ROOT

SERVICES = sorted(Service)
DIFFERING = ("org.opencontainers.image.description", "COPY libs/")


@pytest.mark.parametrize("service", SERVICES)
def test_a_dockerfile_differs_from_its_siblings_in_name_description_and_libraries_alone(service: str) -> None:
    assert _pattern(service) == _pattern("gateway")


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_the_libraries_that_its_service_depends_on(service: str) -> None:
    copied = {
        each.arguments.split()[0]
        for each in instructions(dockerfile(service))
        if each.name == "COPY" and each.arguments.startswith("libs/")
    }
    assert copied == _libraries(ROOT / "services" / service)


@pytest.mark.parametrize("service", SERVICES)
def test_the_process_starts_without_a_shell_as_the_user_that_the_manifests_name(service: str) -> None:
    final = {each.name: each.arguments for each in stages(dockerfile(service))[-1]}
    assert json.loads(final["ENTRYPOINT"]) == ["/opt/rowcall/bin/python", "-m", f"rowcall_{service}"]
    assert final["USER"] == f"{IMAGE_USER}:{IMAGE_USER}"


@pytest.mark.parametrize("service", SERVICES)
def test_the_base_can_be_chosen_and_the_final_stage_runs_nothing(service: str) -> None:
    bases = [stage[0].arguments for stage in stages(dockerfile(service))]
    assert bases == ["${BASE_IMAGE} AS dependencies", "dependencies AS packages", "${BASE_IMAGE}"]
    assert not [each for each in stages(dockerfile(service))[-1] if each.name == "RUN"]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_installed_comes_from_the_locks_or_from_here(service: str) -> None:
    installs = [step for each in instructions(dockerfile(service)) for step in _pip_installs(each)]
    assert len(installs) == 3
    for step in installs:
        assert "--no-deps" in step
        assert ("--require-hashes" in step and "-r requirements/" in step) or "--no-index" in step


@pytest.mark.parametrize("service", SERVICES)
def test_the_label_says_the_version_and_the_licence_of_the_package(service: str) -> None:
    project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())["project"]
    labels = next(each.arguments for each in instructions(dockerfile(service)) if each.name == "LABEL")
    assert f'org.opencontainers.image.version="{project["version"]}"' in labels
    assert f'org.opencontainers.image.licenses="{project["license"]}"' in labels
    assert f'org.opencontainers.image.description="{project["description"]}"' in labels


def test_the_build_context_is_closed_but_for_what_dockerfiles_copy() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    copied = {
        each.arguments.split("/")[0]
        for service in SERVICES
        for each in instructions(dockerfile(service))
        if each.name == "COPY" and "--from" not in each.arguments
    }
    assert {rule.removeprefix("!") for rule in rules if rule[0] == "!"} == copied


def _pattern(service: str) -> list[str]:
    lines = dockerfile(service).read_text().splitlines()
    return [line.replace(service, "<service>") for line in lines if not any(each in line for each in DIFFERING)]


def _libraries(project: Path) -> set[str]:
    dependencies = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {name.removeprefix("rowcall-") for name in dependencies if name.startswith("rowcall-")}
    return {f"libs/{name}" for name in names}.union(*(_libraries(ROOT / "libs" / name) for name in names))


def _pip_installs(instruction: Instruction) -> list[str]:
    steps = instruction.arguments.split("&&") if instruction.name == "RUN" else []
    return [step for step in steps if " install " in step]
