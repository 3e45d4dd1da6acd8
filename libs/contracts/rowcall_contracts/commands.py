"""What travels on the command and control topics: pointers, never data."""

from rowcall_contracts.base import Stored

COMMAND_TYPE = "rowcall.job.look.v1"
CANCEL_TYPE = "rowcall.job.cancelled.v1"


class Command(Stored):
    """Says "job J stands at step S, version V." Losing or repeating one costs time, never data."""

    job_id: str
    step: str
    version: int
    workspace_id: str


class Cancelled(Stored):
    """Tells every worker that a job was cancelled at this version."""

    job_id: str
    version: int
