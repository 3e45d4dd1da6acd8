"""What the tests look at in a pod, typed."""

from collections.abc import Mapping, Sequence

from tests.deploy.parts import Labels, Named, Part


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


def secret_files(pod: PodSpec, container: Container) -> dict[str, SecretSource]:
    """Returns the Secret behind every file that a container finds in its projected volumes."""
    projected = {volume.name: volume.projected.sources for volume in pod.volumes if volume.projected}
    return {
        f"{mount.mount_path}/{item.path}": source.secret
        for mount in container.volume_mounts
        for source in projected.get(mount.name, ())
        for item in source.secret.items
    }
