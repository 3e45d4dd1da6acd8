"""Renders every kustomization and checks all manifests, and the Compose file, against the schemas of their kinds.

Manifests are judged strictly (a misspelt field is an error) by the schemas that kubernetes-validate carries, for the
oldest and the newest Kubernetes that Rowcall supports. compose-spec.json is the schema of the Compose Specification
(github.com/compose-spec/compose-spec, Apache-2.0), copied unchanged.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from jsonschema import Draft202012Validator

from tools.checks.kustomization import FILE_NAME, RenderError, renderers
from tools.checks.sources import ROOT

OLDEST_KUBERNETES = "1.30"  # the first with the native preStop sleep on by default
NEWEST_KUBERNETES = "1.37"

_COMPOSE_SCHEMA = Path(__file__).with_name("compose-spec.json")


def main(root: Path = ROOT) -> int:
    """Prints what rendered and every breach; returns the exit status."""
    breaches = [*manifest_breaches(root / "deploy/k8s"), *compose_breaches(root / "deploy/compose/compose.yaml")]
    print("\n".join(breaches) or "deployment: every manifest and the Compose file fit their schemas")
    return bool(breaches)


def manifest_breaches(home: Path) -> Iterator[str]:
    """Yields what is wrong with the kustomizations below a folder."""
    name, render = next(iter(renderers().items()))
    print(f"deployment: rendered by {name}" + ("; overlays are seen without their changes" * (name == "reader")))
    for folder in _roots(home):
        try:
            manifests = render(folder)
        except RenderError as error:
            yield str(error)
            continue
        place = folder.relative_to(home).as_posix()
        yield from (f"{place}: {breach}" for breach in schema_breaches(yaml.safe_dump_all(manifests)))


def schema_breaches(manifests: str) -> Iterator[str]:
    """Yields what the schemas of Kubernetes say against a stream of manifests; an unknown kind is a breach too."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "manifests.yaml"
        file.write_text(manifests)
        for version in (OLDEST_KUBERNETES, NEWEST_KUBERNETES):
            command = [sys.executable, "-m", "kubernetes_validate", "--strict", "--quiet", "-k", version, str(file)]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            yield from (line.replace(str(file), "") for line in (done.stdout + done.stderr).splitlines())


def compose_breaches(file: Path) -> Iterator[str]:
    """Yields where a Compose file leaves the specification."""
    validator = Draft202012Validator(json.loads(_COMPOSE_SCHEMA.read_text()))
    for error in validator.iter_errors(yaml.safe_load(file.read_text())):
        yield f"{file.name}: {error.json_path}: {error.message}"


def _roots(home: Path) -> list[Path]:
    files = sorted(home.rglob(FILE_NAME))
    return [file.parent for file in files if _kind(file) == "Kustomization"]


def _kind(file: Path) -> str:
    document: Mapping[str, object] = yaml.safe_load(file.read_text())
    return str(document["kind"])


if __name__ == "__main__":
    sys.exit(main())
