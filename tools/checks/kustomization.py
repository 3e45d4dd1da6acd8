"""Renders kustomizations: with a kustomize client where one is on the PATH, else by reading what they list."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE_NAME = "kustomization.yaml"

Manifest = Mapping[str, object]
Renderer = Callable[[Path], list[Manifest]]

_CLIENTS = (("kustomize", "build"), ("kubectl", "kustomize"))


class RenderError(Exception):
    """A kustomize client refused a folder; the message holds its words."""


def renderers() -> dict[str, Renderer]:
    """Returns every way to render that works here, by name; the first is the best."""
    clients = {" ".join(command): client(command) for command in _CLIENTS if shutil.which(command[0])}
    return {**clients, "reader": read}


def client(command: tuple[str, ...]) -> Renderer:
    """Returns a renderer that runs a command with the folder as its last argument; it raises `RenderError`."""

    def render(folder: Path) -> list[Manifest]:
        done = subprocess.run([*command, str(folder)], check=False, capture_output=True, text=True)
        if done.returncode:
            raise RenderError(f"{' '.join(command)} {folder} (kustomize 5 or newer is needed): {done.stderr.strip()}")
        return list(_documents(done.stdout))

    return render


def read(folder: Path) -> list[Manifest]:
    """Returns what a kustomization lists: its resources and the config maps that it generates.

    Transformers (namespace, images, replicas, patches, merged config maps) are passed over, and generated names carry
    no hash. Enough to check a base, which has none; an overlay needs a client to be seen whole.
    """
    listed = _Kustomization.model_validate(yaml.safe_load((folder / FILE_NAME).read_text()))
    manifests = [manifest for entry in listed.resources for manifest in _resource(folder / entry)]
    created = [generator for generator in listed.config_maps if generator.behavior == "create"]
    return [*manifests, *(generator.manifest(folder) for generator in created)]


class _ConfigMapGenerator(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    behavior: str = "create"
    envs: list[str] = []
    literals: list[str] = []

    def manifest(self, folder: Path) -> Manifest:
        lines = [line for name in self.envs for line in (folder / name).read_text().splitlines()]
        pairs = [line.partition("=") for line in [*lines, *self.literals] if line and not line.startswith("#")]
        data = {key: value for key, _, value in pairs}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": self.name}, "data": data}


class _Kustomization(BaseModel):
    resources: list[str] = []
    config_maps: list[_ConfigMapGenerator] = Field([], alias="configMapGenerator")


def _resource(path: Path) -> list[Manifest]:
    return read(path) if path.is_dir() else list(_documents(path.read_text()))


def _documents(text: str) -> Iterator[Manifest]:
    return (document for document in yaml.safe_load_all(text) if document)
