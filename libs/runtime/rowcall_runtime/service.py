"""A worker service: its handlers, run until SIGTERM, then drained."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import TypeVar

import structlog
import uvloop

from rowcall_contracts.jobs import Job
from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import Step
from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_contracts.topics import CONTROL, command_topic, consumer_group
from rowcall_contracts.work import Work
from rowcall_runtime.crypto import BadKey
from rowcall_runtime.environment import BadSettings
from rowcall_runtime.errors import UndecodableRecord
from rowcall_runtime.gauges import keep_gauges
from rowcall_runtime.health import PortTaken, stop_event
from rowcall_runtime.job_workload import JobWorkload
from rowcall_runtime.process import Platform
from rowcall_runtime.records import RawRecord, decode_cancelled, decode_command
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.step import StepHandler
from rowcall_runtime.sweep import Sweep
from rowcall_runtime.work_store import WorkStore
from rowcall_runtime.worker import Limits, Pointer, Process, Worker

W = TypeVar("W", bound=Work)

_log = structlog.get_logger()


async def serve_steps(built: Platform, settings: Settings, handlers: Mapping[Step, StepHandler]) -> None:
    """Consumes the commands of these steps and runs their handlers until SIGTERM; then drains."""
    shared = Process(clock=built.clock, metrics=built.metrics, solitude=Solitude())
    worker = Worker(
        job_store(built, settings),
        JobWorkload(handlers, bus=built.bus, relay=built.relay, clock=built.clock, metrics=built.metrics),
        [step.value for step in handlers],
        limits=Limits(concurrency=settings.concurrency),
        process=shared,
    )
    subscribe(built, worker)
    await serve(built, settings, worker, process=shared)


async def serve(built: Platform, settings: Settings, worker: Worker[W], *, process: Process) -> None:
    """Runs one worker, its sweep and the process's subscriptions until SIGTERM; then drains.

    The order of the end matters: nothing new comes in, what runs gets `drain_s`, the rest is given back, and only then
    do the subscriptions leave their groups.
    """
    stopping = stop_event()
    sweep = Sweep(worker, built.metrics, process.random)
    tasks = [
        asyncio.create_task(run, name=name)
        for name, run in (
            ("sweep", sweep.run()),
            ("worker", worker.run()),
            ("gauges", keep_gauges(worker, built.metrics, built.clock)),
            ("subscriptions", built.subscriptions.start()),
        )
    ]
    await _until(stopping, tasks)
    process.draining = True
    sweep.stop()
    await asyncio.wait(tasks[:1], timeout=settings.drain_s)
    await worker.drain(settings.drain_s)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await built.subscriptions.stop()


def job_store(built: Platform, settings: Settings) -> WorkStore[Job]:
    """Opens the jobs as work that this process may own."""
    ttl = timedelta(seconds=settings.lease_ttl_s)
    return WorkStore(built.store.collection(Collection.JOBS), Job, built.clock, owner=built.owner, lease_ttl=ttl)


def subscribe(built: Platform, worker: Worker[W]) -> None:
    """Feeds a worker with the commands of its steps, and tells it of cancelled work. What is neither is counted."""

    def on_command(record: RawRecord) -> None:
        try:
            command = decode_command(record)
        except UndecodableRecord as error:
            _log.warning("command_undecodable", topic=record.topic, offset=record.offset, reason=str(error))
            built.metrics.count(Metric.COMMANDS_DROPPED, reason="undecodable")
            return
        worker.offer(
            Pointer(
                work_id=command.job_id,
                workspace_id=command.workspace_id,
                step=command.step,
                version=command.version,
            )
        )

    def on_control(record: RawRecord) -> None:
        try:
            worker.cancel(decode_cancelled(record).job_id)
        except UndecodableRecord as error:
            _log.warning("control_undecodable", offset=record.offset, reason=str(error))

    topics = [command_topic(step) for step in worker.steps]
    built.subscriptions.commands(topics, consumer_group(built.service), on_command)
    built.subscriptions.tail([CONTROL], on_control)


async def _until(stopping: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Returns when the process is told to stop; a task that fails before that takes the process down."""
    stop = asyncio.create_task(stopping.wait(), name="stop")
    watched: set[asyncio.Task[object]] = {stop, *tasks}
    while not stop.done():
        done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stop}:
            task.result()


def run_service(main: Callable[[], Coroutine[object, object, None]]) -> int:
    """Runs a service's `main` on uvloop; a bad setting or a taken port is one line on standard error and status 2."""
    try:
        uvloop.run(main())
    except (BadSettings, PortTaken, BadKey) as error:
        sys.stderr.write(f"rowcall: {error}\n")
        return 2
    return 0
