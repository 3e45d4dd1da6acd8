"""Decides what one run starts: which programs, on which ports, with which environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.local.kafka import PARTITIONS, KafkaNode
from tools.local.kafka_jars import kafka_jars
from tools.local.keys import Secret, read_public_key, secret_files
from tools.local.ports import free_port, require_free
from tools.local.programs import GATEWAY, Program, Service, server
from tools.local.settings import LocalSettings
from tools.local.state import StateFolder
from tools.local.store import StoreServer, store_program

KAFKA = "kafka"
STORE = "store"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything decided, nothing started."""

    programs: tuple[Program, ...]
    server_ports: Mapping[str, int]  # by program; no entry for a broker or store that somebody else runs
    service_ports: Mapping[str, int]  # by service: where `GET /readyz` answers
    port: int  # of the HTTP API
    environ: Mapping[str, str]  # of every process


def make_plan(
    settings: LocalSettings, state: StateFolder, *, services: Sequence[Service], environ: Mapping[str, str]
) -> Plan:
    """Chooses ports and prepares the broker's and the store's files; the first time it resolves Kafka's jars.

    Raises `PortTakenError`, `JarsError`, `KafkaFormatError`, `StoreMissingError` or `BadSecretError`.
    """
    port = settings.port or free_port()
    require_free(port, setting="ROWCALL_PORT")
    secrets = secret_files(settings, state)
    own = {GATEWAY: {"ROWCALL_PORT": str(port), "ROWCALL_PUBLIC_KEY": read_public_key(secrets)}}
    admin = {service.name: free_port() for service in services}
    kafka, store = _kafka(settings, state), _store(settings, state)
    programs = [
        *([server(KAFKA, kafka.command())] if kafka else []),
        *([server(STORE, store.command())] if store else []),
        *(s.program(port=admin[s.name], environ=own.get(s.name, {}), secrets=secrets) for s in services),
    ]
    return Plan(
        programs=tuple(programs),
        server_ports={**({KAFKA: kafka.port} if kafka else {}), **({STORE: store.port} if store else {})},
        service_ports={**admin, GATEWAY: port},
        port=port,
        environ=_defaults(kafka) | _without_secrets(environ) | _shared(settings, state) | _addresses(kafka, store),
    )


def _kafka(settings: LocalSettings, state: StateFolder) -> KafkaNode | None:
    if settings.kafka_bootstrap is not None:
        return None
    node = KafkaNode(folder=state.root / "kafka", jars=kafka_jars(), port=free_port(), controller_port=free_port())
    node.prepare()
    return node


def _store(settings: LocalSettings, state: StateFolder) -> StoreServer | None:
    if not settings.starts_store:
        return None
    kind = settings.embedded_store
    # The two write different files, so each has a folder of its own.
    return StoreServer(folder=state.root / f"store-{kind}", port=free_port(), program=store_program(kind))


def _defaults(kafka: KafkaNode | None) -> dict[str, str]:
    return {"ROWCALL_KAFKA_PARTITIONS": str(PARTITIONS)} if kafka else {}


def _addresses(kafka: KafkaNode | None, store: StoreServer | None) -> dict[str, str]:
    return {
        **({"ROWCALL_KAFKA_BOOTSTRAP": kafka.bootstrap} if kafka else {}),
        **({"ROWCALL_MONGO_URL": store.url()} if store else {}),
    }


def _shared(settings: LocalSettings, state: StateFolder) -> dict[str, str]:
    roots = [str(state.demo_database.parent), *filter(None, settings.file_roots.split(":"))]
    return {
        "ROWCALL_FILE_ROOTS": ":".join(roots),
        "ROWCALL_DATABASE_ALLOW_NETWORKS": settings.database_allow_networks,
        "ROWCALL_WEBHOOK_ALLOW_NETWORKS": settings.webhook_allow_networks,
        "ROWCALL_INDEX_DIR": str(state.root / "document-index"),
    }


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """A service sees only the secrets that it was given by name; an empty setting counts as unset."""
    secret = {name for each in Secret for name in (each.value, each.file_variable)}
    return {
        name: value
        for name, value in environ.items()
        if name not in secret and (value or not name.startswith("ROWCALL_"))
    }
