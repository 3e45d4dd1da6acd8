"""The parts of Kubernetes' objects that the tests look at, typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tools.checks.kustomization import Manifest

Labels = Mapping[str, str]
COMPONENT = "app.kubernetes.io/component"


class Part(BaseModel):
    """Anything inside a manifest; fields that no test reads are passed over."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Named(Part):
    """A reference, or something with a name."""

    name: str


class Metadata(Named):
    """Name and labels."""

    labels: Labels = {}


class LabelSelector(Part):
    """Which pods are meant; only the operator `In` is known."""

    match_labels: Labels = {}
    match_expressions: Sequence["Expression"] = ()

    def selects(self, labels: Labels) -> bool:
        """Whether a pod with these labels is meant."""
        return self.match_labels.items() <= labels.items() and all(
            labels.get(each.key) in each.values for each in self.match_expressions
        )


class Expression(Part):
    """A label's value is one of several."""

    key: str
    operator: str = Field(pattern="^In$")
    values: Sequence[str]


class EnvVar(Named):
    """A variable with a literal value."""

    value: str


class ConfigMapSource(Part):
    """All keys of a config map as variables."""

    config_map_ref: Named


class Port(Named):
    """A port of a container."""

    container_port: int


class HttpGet(Part):
    """What a probe asks."""

    path: str
    port: str


class Probe(Part):
    """A probe."""

    http_get: HttpGet
    period_seconds: int
    timeout_seconds: int
    failure_threshold: int


class Sleep(Part):
    """A pause."""

    seconds: int


class PreStop(Part):
    """What happens before SIGTERM."""

    sleep: Sleep


class Lifecycle(Part):
    """Hooks."""

    pre_stop: PreStop


class Resources(Part):
    """Requests and limits."""

    requests: Mapping[str, str]
    limits: Mapping[str, str]


class Mount(Named):
    """Where a volume appears."""

    mount_path: str


class Container(Named):
    """A container."""

    image: str
    command: Sequence[str] = ()
    env: Sequence[EnvVar] = ()
    env_from: Sequence[ConfigMapSource] = ()
    ports: Sequence[Port] = ()
    startup_probe: Probe | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    resources: Resources
    security_context: Mapping[str, object]
    volume_mounts: Sequence[Mount] = ()

    def port(self, name: str) -> int:
        """Returns the number of a port. Raises `KeyError`."""
        return {port.name: port.container_port for port in self.ports}[name]


class Item(Part):
    """A key of a Secret and the file it becomes."""

    key: str
    path: str


class SecretSource(Named):
    """Keys of a Secret."""

    items: Sequence[Item]


class Source(Part):
    """One part of a projected volume."""

    secret: SecretSource


class Projected(Part):
    """A volume of several sources."""

    sources: Sequence[Source]


class Volume(Named):
    """A volume."""

    empty_dir: Mapping[str, str] | None = None
    projected: Projected | None = None


class PodSpec(Part):
    """How a pod runs."""

    service_account_name: str
    automount_service_account_token: bool
    enable_service_links: bool
    termination_grace_period_seconds: int = 30
    security_context: Mapping[str, object]
    containers: Sequence[Container]
    volumes: Sequence[Volume] = ()


class PodTemplate(Part):
    """A pod to be."""

    metadata: "TemplateMetadata"
    spec: PodSpec


class TemplateMetadata(Part):
    """Labels of a pod to be."""

    labels: Labels


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


def secret_files(pod: PodSpec, container: Container) -> dict[str, SecretSource]:
    """Returns the Secret behind every file that a container finds in its projected volumes."""
    projected = {volume.name: volume.projected.sources for volume in pod.volumes if volume.projected}
    return {
        f"{mount.mount_path}/{item.path}": source.secret
        for mount in container.volume_mounts
        for source in projected.get(mount.name, ())
        for item in source.secret.items
    }


def selected(workloads: Iterable[Workload], selector: LabelSelector) -> set[str]:
    """Returns the components whose pods a selector means."""
    return {each.component for each in workloads if selector.selects(each.labels)}
