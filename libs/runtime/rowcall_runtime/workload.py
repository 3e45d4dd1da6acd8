"""The port between the worker and what it works on: jobs and webhook deliveries each implement it."""

from typing import Protocol, TypeVar

from rowcall_contracts.problems import Problem
from rowcall_contracts.work import Work
from rowcall_runtime.work_store import Allowed, Change

W_contra = TypeVar("W_contra", bound=Work, contravariant=True)


class Workload(Protocol[W_contra]):
    """How one kind of work runs. `run` may be repeated; everything it wants kept is in the Change it returns."""

    @property
    def allowed(self) -> Allowed:
        """The values of stored documents for which `knows` says yes."""
        ...

    def knows(self, work: W_contra) -> bool:
        """Whether this code can run the work; a newer kind is left alone, never failed."""
        ...

    def takes_lease_first(self, work: W_contra) -> bool:
        """Whether the step has effects or cost outside, so that it must hold the lease before it acts."""
        ...

    async def run(self, work: W_contra) -> Change:
        """Does the step.

        Raises:
            StepError: Retryable or Permanent, with the problem a caller reads.
        """
        ...

    def failure(self, work: W_contra, problem: Problem) -> Change:
        """Returns the move that ends the work as failed."""
        ...

    async def settled(self, work: W_contra, change: Change) -> None:
        """Told after a move was written: announce the next step, or the end."""
        ...

    async def remind(self, work: W_contra) -> None:
        """Told when the alarm of already ended work rings: announce the end again."""
        ...
