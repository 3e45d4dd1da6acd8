"""The two ways to render agree, and the schema check finds what it is there to find."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.deploy.conftest import BASE
from tools.checks.deployment import compose_breaches, manifest_breaches, schema_breaches
from tools.checks.kustomization import Manifest, RenderError, client, read, renderers
from tools.checks.sources import ROOT

OVERLAY = ROOT / "deploy/k8s/overlays/dev"


@pytest.mark.parametrize("name", renderers())
def test_every_renderer_finds_the_same_objects_in_the_base(name: str) -> None:
    # Generated names end in a hash of the content where a client renders.
    found = {(kind, named.partition("-settings")[0]) for kind, named in _names(renderers()[name](BASE))}
    assert found == {(kind, named.partition("-settings")[0]) for kind, named in _names(read(BASE))}
    assert ("Deployment", "rowcall-gateway") in found


def test_the_reader_follows_folders_and_passes_over_what_an_overlay_changes() -> None:
    assert _names(read(OVERLAY)) == {("Namespace", "rowcall-dev"), *_names(read(BASE))}


@pytest.mark.parametrize("name", renderers())
def test_every_kustomization_renders_to_something(name: str) -> None:
    assert len(renderers()[name](OVERLAY)) > len(renderers()[name](BASE))


def test_a_client_that_refuses_a_folder_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="No such file"):
        client(("ls",))(tmp_path / "missing")


def test_the_repository_s_manifests_fit_their_schemas() -> None:
    assert list(manifest_breaches(ROOT / "deploy/k8s")) == []


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ("{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, automountToken: false}", "automountToken"),
        ("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: http}]}}", "integer"),
        ("{apiVersion: rowcall/v1, kind: Question, metadata: {name: a}}", "Couldn't find schema for kind Question"),
    ],
    ids=["misspelt field", "wrong type", "unknown kind"],
)
def test_a_bad_manifest_is_named_with_its_fault(manifest: str, complaint: str) -> None:
    breaches = list(schema_breaches(manifest))
    assert breaches
    assert all(complaint in breach for breach in breaches)


def test_the_compose_file_fits_the_specification() -> None:
    assert list(compose_breaches(ROOT / "deploy/compose/compose.yaml")) == []


def test_a_misspelt_field_of_a_compose_service_is_named(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text("services: {kafka: {image: kafka, enviroment: {A: b}}}")
    (breach,) = compose_breaches(file)
    assert "services.kafka" in breach
    assert "enviroment" in breach


def _names(manifests: Iterable[Manifest]) -> set[tuple[str, str]]:
    return {(str(each["kind"]), str(_metadata(each)["name"])) for each in manifests}


def _metadata(manifest: Manifest) -> Manifest:
    metadata = manifest["metadata"]
    assert isinstance(metadata, dict)
    return metadata
