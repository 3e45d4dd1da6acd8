"""A worker process of libs/runtime whose handler of one step does nothing, or rests as long as an argument says."""

import asyncio
import sys
from dataclasses import dataclass

from rowcall_contracts.jobs import Job
from rowcall_contracts.pipelines import STEP_SERVICE, Step
from rowcall_contracts.settings import Settings
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import platform
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler, StepOutput

STARTED = "started "
"""What a resting handler prints before a job's id: whose process dies then is known to have held that job."""


@dataclass(frozen=True)
class Resting:
    """The handler."""

    seconds: float

    async def __call__(self, job: Job) -> StepOutput:
        """Returns no output."""
        if self.seconds:
            print(f"{STARTED}{job.id}", flush=True)
            await asyncio.sleep(self.seconds)
        return StepOutput()


async def main() -> None:
    """Runs until SIGTERM."""
    _, step_name, rest_s = sys.argv
    step = Step(step_name)
    settings = load_settings(Settings)
    async with platform(STEP_SERVICE[step], settings) as built:
        await serve_steps(built, settings, {step: StepHandler(run=Resting(float(rest_s)))})


if __name__ == "__main__":
    sys.exit(run_service(main))
