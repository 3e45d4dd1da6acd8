"""The process of the webhooks service: settings, wiring, run."""

import sys
from datetime import timedelta

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Delivery, Endpoint
from rowcall_contracts.settings import WebhooksSettings
from rowcall_contracts.topics import EVENTS, consumer_group
from rowcall_runtime.crypto import Opener, master_keys
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import Platform, platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.work_store import WorkStore
from rowcall_runtime.worker import Limits, Pointer, Process, Worker
from rowcall_webhooks.delivering import DeliveryWorkload
from rowcall_webhooks.intake import Intake
from rowcall_webhooks.sending import Sender, SendLimits


async def main() -> None:
    """Runs the webhooks service until SIGTERM."""
    settings = load_settings(WebhooksSettings)
    limits = SendLimits(timeout_s=settings.webhook_timeout_s)
    async with (
        platform(Service.WEBHOOKS, settings) as built,
        Sender(limits, allowed=settings.webhook_allow_networks) as sender,
    ):
        await _serve(built, settings, sender)


async def _serve(built: Platform, settings: WebhooksSettings, sender: Sender) -> None:
    shared = Process(clock=built.clock, metrics=built.metrics, solitude=Solitude())
    worker = worker_of(built, settings, sender, process=shared)
    built.subscriptions.events(EVENTS, consumer_group(built.service), intake_of(built, worker).take)
    await serve(built, settings, worker, process=shared)


def worker_of(built: Platform, settings: WebhooksSettings, sender: Sender, *, process: Process) -> Worker[Delivery]:
    """Builds the pool that sends deliveries."""
    deliveries = WorkStore(
        built.store.collection(Collection.DELIVERIES),
        Delivery,
        built.clock,
        owner=built.owner,
        lease_ttl=timedelta(seconds=settings.lease_ttl_s),
    )
    workload = DeliveryWorkload(
        _endpoints(built),
        sender,
        Opener(master_keys(settings.master_key.get_secret_value())),
        platform=built,
        retention=timedelta(days=settings.retention_days),
    )
    return Worker(
        deliveries, workload, [Step.DELIVER.value], limits=Limits(concurrency=settings.concurrency), process=process
    )


def intake_of(built: Platform, worker: Worker[Delivery]) -> Intake:
    """Builds what plans deliveries and offers each to the pool at once."""
    return Intake(_endpoints(built), worker.store, built, accepted=lambda delivery: worker.offer(_pointer(delivery)))


def _endpoints(built: Platform) -> Repository[Endpoint]:
    return Repository(built.store.collection(Collection.ENDPOINTS), Endpoint)


def _pointer(delivery: Delivery) -> Pointer:
    return Pointer(
        work_id=delivery.id, workspace_id=delivery.workspace_id, step=delivery.step, version=delivery.version
    )


if __name__ == "__main__":
    sys.exit(run_service(main))
