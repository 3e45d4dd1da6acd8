"""The base as Kubernetes would receive it, once by each renderer that works here."""

from collections.abc import Mapping

import pytest

from rowcall_contracts.settings import (
    ExecutorSettings,
    GatewaySettings,
    Settings,
    SqlgenSettings,
    SummarizerSettings,
    WebhooksSettings,
)
from tests.deploy.manifests import Manifests
from tools.checks.kustomization import renderers
from tools.checks.sources import ROOT

BASE = ROOT / "deploy/k8s/base"


@pytest.fixture(scope="session", params=renderers())
def base(request: pytest.FixtureRequest) -> Manifests:
    """Everything in `deploy/k8s/base`."""
    return Manifests(renderers()[request.param](BASE))


@pytest.fixture(scope="session")
def settings_of() -> Mapping[str, type[Settings]]:
    """Which settings each process reads."""
    return {
        "gateway": GatewaySettings,
        "summarizer": SummarizerSettings,
        "sqlgen": SqlgenSettings,
        "executor": ExecutorSettings,
        "webhooks": WebhooksSettings,
        "migrate": Settings,
    }
