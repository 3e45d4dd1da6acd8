"""The gateway's process: settings, parts, HTTP until SIGTERM, then a drain."""

import asyncio
import sys

import structlog
import uvloop

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.settings import GatewaySettings
from rowcall_contracts.topics import CONTROL, EVENTS, command_topic
from rowcall_gateway.app import build
from rowcall_gateway.auth import BadBootstrapKey
from rowcall_gateway.waiting import Waiters
from rowcall_gateway.wiring import Wiring
from rowcall_runtime.crypto import BadKey
from rowcall_runtime.environment import BadSettings, load_settings
from rowcall_runtime.health import PortTaken, serving, stop_event
from rowcall_runtime.process import platform

TAILED = [*(command_topic(step) for step in Step if step is not Step.DELIVER), EVENTS, CONTROL]
"""Everything that is published when a job moves."""

_log = structlog.get_logger()


async def serve(settings: GatewaySettings) -> None:
    """Serves until SIGTERM.

    The order of the end matters: waiting callers are answered, so that the server can drain within its grace, and only
    then do the subscription, the relay and the store close.

    Raises:
        BadKey, BadBootstrapKey: a setting is not what it must be.
        PortTaken: somebody else listens there.
    """
    async with platform(Service.GATEWAY, settings) as built:
        stopping = stop_event()
        waiters = Waiters()
        built.subscriptions.tail(TAILED, waiters.on_record)
        app = build(Wiring(built, settings, waiters).parts(), settings.cors_origins)
        consuming = asyncio.create_task(built.subscriptions.start(), name="tail")
        try:
            async with serving(app, settings.host, settings.port) as port:
                _log.info("listening", host=settings.host, port=port)
                await stopping.wait()
                waiters.close()
        finally:
            consuming.cancel()
            await asyncio.gather(consuming, return_exceptions=True)
            await built.subscriptions.stop()


def main() -> int:
    """Runs the process; 0 after a drain, 1 with one line of reason when it could not start."""
    try:
        uvloop.run(serve(load_settings(GatewaySettings)))
    except (BadSettings, BadKey, BadBootstrapKey, PortTaken) as error:
        sys.stderr.write(f"rowcall gateway: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
