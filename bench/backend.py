"""The servers below a measurement: a fresh Kafka node and a fresh store, as one backend says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rowcall_runtime.driver import Driver
from tools.local.stack import Broker, Store, start_kafka, start_store
from tools.local.store import StoreKind, StoreMissingError, store_program


@dataclass(frozen=True, kw_only=True)
class Backend:
    """Which store, whether it syncs every commit to the disk, and the driver that everybody uses."""

    kind: StoreKind
    sync: bool
    driver: Driver

    @property
    def label(self) -> str:
        """How tables name it."""
        return f"`{self.kind}`{' synced' if self.sync else ', no sync'}, {self.driver}"


BACKENDS = (
    Backend(kind=StoreKind.PY, sync=True, driver="motor"),
    Backend(kind=StoreKind.RS, sync=True, driver="motor"),
    Backend(kind=StoreKind.RS, sync=True, driver="pymongo"),
    Backend(kind=StoreKind.RS, sync=False, driver="pymongo"),
)
"""The default, then one difference after the other."""


@dataclass(frozen=True)
class Stage:
    """Running servers, empty at first, and a folder for whatever a measurement keeps."""

    backend: Backend
    broker: Broker
    store: Store
    folder: Path


@contextmanager
def staged(backend: Backend, folder: Path) -> Iterator[Stage]:
    """Starts both servers and ends them; raises what `start_kafka` and `start_store` raise."""
    folder.mkdir(parents=True)
    with (
        start_kafka(folder / "kafka") as broker,
        start_store(folder / "store", backend.kind, sync=backend.sync) as store,
    ):
        yield Stage(backend, broker, store, folder)


class Chosen(BaseSettings):
    """The settings that say what `make run` starts, by their names there."""

    model_config = SettingsConfigDict(env_prefix="ROWCALL_", extra="ignore", env_ignore_empty=True)

    embedded_store: StoreKind = Field(StoreKind.PY, description="Which embedded store to start.")
    mongo_driver: Driver = Field("motor", description="Which client of the store to use.")

    @property
    def backend(self) -> Backend:
        """What `make run` would start."""
        return Backend(kind=self.embedded_store, sync=True, driver=self.mongo_driver)


def installed() -> tuple[list[Backend], list[str]]:
    """Returns every backend that can run here, and why others cannot."""
    found: list[Backend] = []
    missing: dict[str, None] = {}
    for backend in BACKENDS:
        try:
            store_program(backend.kind)
        except StoreMissingError as error:
            missing[f"Store `{backend.kind}` was left out: {error}"] = None
        else:
            found.append(backend)
    return found, list(missing)
