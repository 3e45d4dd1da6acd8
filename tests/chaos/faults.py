"""What a test does to a deployment: each fault breaks something, lasts a while, and is mended."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.integration.deployment import Sandbox, heal
from tools.local.processes import ManagedProcess

AT_ONCE_S = (0.0, 0.0)
SHORT_S = (0.0, 2.0)
LONGER_THAN_A_LEASE_S = (1.0, 8.0)


def whole(deployment: Sandbox) -> None:
    """Lets what is frozen go on and starts what does not run."""
    for process in (deployment.broker.process, deployment.store.process, *deployment.services.values()):
        process.resume()
    heal(deployment)


def whole_with_topics(deployment: Sandbox) -> None:
    """As `whole`, on a broker that has lost its topics."""
    whole(deployment)
    deployment.migrate()


@dataclass(frozen=True)
class Fault:
    """`strike` breaks something, `mend` makes the deployment whole after a time within `lasts_s`."""

    name: str
    lasts_s: tuple[float, float]
    strike: Callable[[Sandbox, Random], object]
    mend: Callable[[Sandbox], None] = whole

    def happen(self, deployment: Sandbox, random: Random) -> None:
        """Does it, waits, and mends it."""
        self.strike(deployment, random)
        time.sleep(random.uniform(*self.lasts_s))
        self.mend(deployment)


def _one_of(deployment: Sandbox, random: Random) -> ManagedProcess:
    return random.choice(list(deployment.services.values()))


def _kill_everything(deployment: Sandbox) -> None:
    deployment.kill_services()
    deployment.broker.kill()
    deployment.store.kill()


KILL_A_SERVICE = Fault("kill a service", SHORT_S, lambda deployment, random: _one_of(deployment, random).kill())

FREEZE_A_SERVICE = Fault(
    "freeze a service", LONGER_THAN_A_LEASE_S, lambda deployment, random: _one_of(deployment, random).pause()
)
"""Often past its leases and its Kafka session."""

STOP_A_SERVICE = Fault("stop a service", AT_ONCE_S, lambda deployment, random: _one_of(deployment, random).stop())
"""SIGTERM: it gives back what it cannot end in time."""

KILL_THE_STORE = Fault("kill the store", SHORT_S, lambda deployment, _: deployment.store.kill())
FREEZE_THE_STORE = Fault("freeze the store", SHORT_S, lambda deployment, _: deployment.store.pause())
"""Writes whose outcome nobody knows for a while."""

KILL_KAFKA = Fault("kill Kafka", LONGER_THAN_A_LEASE_S, lambda deployment, _: deployment.broker.kill())
WIPE_KAFKA = Fault("wipe Kafka", SHORT_S, lambda deployment, _: deployment.broker.wipe(), whole_with_topics)
"""All its data is lost while the services run on: events that were there unread are lost with it."""

KILL_EVERYTHING = Fault("kill everything", SHORT_S, lambda deployment, _: _kill_everything(deployment))
