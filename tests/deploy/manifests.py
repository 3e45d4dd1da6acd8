"""The objects of a rendered kustomization that the tests look at, typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.deploy.parts import Labels, LabelSelector, Metadata, Named, Part
from tests.deploy.pods import Container, PodSpec, PodTemplate
from tools.checks.kustomization import Manifest

COMPONENT = "app.kubernetes.io/component"


class WorkloadSpec(Part):
    """The shared part of Deployments and Jobs."""

    template: PodTemplate
    replicas: int = 1
    selector: LabelSelector = LabelSelector()


class Workload(Part):
    """A Deployment or a Job."""

    metadata: Metadata
    spec: WorkloadSpec

    @property
    def component(self) -> str:
        """Which process it runs."""
        return self.labels[COMPONENT]

    @property
    def labels(self) -> Labels:
        """Labels of its pods."""
        return self.spec.template.metadata.labels

    @property
    def pod(self) -> PodSpec:
        """How its pods run."""
        return self.spec.template.spec

    @property
    def container(self) -> Container:
        """The one container of its pods."""
        (container,) = self.pod.containers
        return container


class ServicePort(Named):
    """A port of a Service."""

    target_port: str


class ServiceSpec(Part):
    """What a Service stands for."""

    selector: Labels
    ports: Sequence[ServicePort]


class Service(Part):
    """A Service."""

    metadata: Metadata
    spec: ServiceSpec


class BudgetSpec(Part):
    """How much may be missing, of what."""

    max_unavailable: int
    selector: LabelSelector


class Budget(Part):
    """A PodDisruptionBudget."""

    metadata: Metadata
    spec: BudgetSpec


class ConfigMap(Part):
    """A ConfigMap."""

    metadata: Metadata
    data: Mapping[str, str]


class Anything(Part):
    """An object of which only the name matters."""

    metadata: Metadata


P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Manifests:
    """What a kustomization renders to."""

    documents: Sequence[Manifest]

    def of(self, kind: str, model: type[P]) -> list[P]:
        """Returns all objects of a kind."""
        return [model.model_validate(each) for each in self.documents if each["kind"] == kind]

    def names(self, kind: str) -> set[str]:
        """Returns the names of all objects of a kind."""
        return {each.metadata.name for each in self.of(kind, Anything)}

    @property
    def deployments(self) -> list[Workload]:
        """The five services."""
        return self.of("Deployment", Workload)

    @property
    def workloads(self) -> list[Workload]:
        """Everything that runs pods."""
        return [*self.deployments, *self.of("Job", Workload)]

    def environment(self, container: Container) -> dict[str, str]:
        """Returns a container's variables, those of its config maps included."""
        maps = {each.metadata.name: each.data for each in self.of("ConfigMap", ConfigMap)}
        merged: dict[str, str] = {}
        for source in container.env_from:
            merged |= maps[source.config_map_ref.name]
        return merged | {each.name: each.value for each in container.env}


def selected(workloads: Iterable[Workload], selector: LabelSelector) -> set[str]:
    """Returns the components whose pods a selector means."""
    return {each.component for each in workloads if selector.selects(each.labels)}
