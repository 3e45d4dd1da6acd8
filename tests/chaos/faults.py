"""What a test does to a deployment: each fault breaks something, waits, and mends it."""

import time
from collections.abc import Callable
from random import Random

from tests.integration.deployment import Sandbox, heal

Fault = Callable[[Sandbox, Random], None]

SHORT_S = (0.0, 2.0)
LONGER_THAN_A_LEASE_S = (1.0, 8.0)


def kill_a_service(deployment: Sandbox, random: Random) -> None:
    """SIGKILL to one of the five."""
    random.choice(list(deployment.services.values())).kill()
    time.sleep(random.uniform(*SHORT_S))
    deployment.start_services()


def freeze_a_service(deployment: Sandbox, random: Random) -> None:
    """SIGSTOP, often past its leases and its Kafka session, then SIGCONT."""
    service = random.choice(list(deployment.services.values()))
    service.pause()
    time.sleep(random.uniform(*LONGER_THAN_A_LEASE_S))
    service.resume()


def stop_a_service(deployment: Sandbox, random: Random) -> None:
    """SIGTERM: it gives back what it cannot end in time."""
    random.choice(list(deployment.services.values())).stop()
    deployment.start_services()


def kill_the_store(deployment: Sandbox, random: Random) -> None:
    """SIGKILL to the store, which comes back on its folder."""
    deployment.store.kill()
    time.sleep(random.uniform(*SHORT_S))
    deployment.store.restart()


def freeze_the_store(deployment: Sandbox, random: Random) -> None:
    """Writes whose outcome nobody knows for a while."""
    deployment.store.pause()
    time.sleep(random.uniform(*SHORT_S))
    deployment.store.resume()


def kill_kafka(deployment: Sandbox, random: Random) -> None:
    """SIGKILL to the broker, which comes back on its folder."""
    deployment.broker.kill()
    time.sleep(random.uniform(*LONGER_THAN_A_LEASE_S))
    deployment.broker.restart()


def wipe_kafka(deployment: Sandbox, random: Random) -> None:
    """All of Kafka's data is lost while the services run on: events that were there unread are lost with it."""
    deployment.broker.wipe()
    time.sleep(random.uniform(*SHORT_S))
    deployment.broker.restart()
    deployment.migrate()


def kill_everything(deployment: Sandbox, random: Random) -> None:
    """SIGKILL to broker, store and services."""
    deployment.kill_services()
    deployment.broker.kill()
    deployment.store.kill()
    time.sleep(random.uniform(*SHORT_S))
    heal(deployment)
