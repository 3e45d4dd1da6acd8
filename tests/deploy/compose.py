"""The parts of the Compose file that the tests look at, typed."""

from collections.abc import Mapping, Sequence

import yaml
from pydantic import BaseModel, ConfigDict

from rowcall_contracts.pipelines import Service
from tools.checks.sources import ROOT


class Build(BaseModel):
    """How an image is made."""

    context: str
    dockerfile: str


class Dependency(BaseModel):
    """What must be true of another service first."""

    condition: str


class ComposeService(BaseModel):
    """One container."""

    model_config = ConfigDict(extra="ignore")

    image: str
    build: Build | None = None
    entrypoint: Sequence[str] = ()
    environment: Mapping[str, str | None] = {}
    secrets: Sequence[str] = ()
    networks: Sequence[str] = ()
    ports: Sequence[str] = ()
    depends_on: Mapping[str, Dependency] = {}
    healthcheck: Mapping[str, object] = {}
    read_only: bool = False
    cap_drop: Sequence[str] = ()
    stop_grace_period: str = "10s"
    tmpfs: Sequence[str] = ()
    volumes: Sequence[str] = ()

    @property
    def stop_grace_s(self) -> int:
        """Seconds between SIGTERM and SIGKILL."""
        return int(self.stop_grace_period.removesuffix("s"))


class Compose(BaseModel):
    """The file."""

    services: Mapping[str, ComposeService]
    networks: Mapping[str, Mapping[str, bool] | None]
    secrets: Mapping[str, Mapping[str, str]]

    def ours(self) -> dict[str, ComposeService]:
        """Returns the five services."""
        return {name: service for name, service in self.services.items() if name in set(Service)}


COMPOSE = Compose.model_validate(yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text()))
