"""The one page that `make run` prints."""

from dataclasses import dataclass
from pathlib import Path

QUESTION = "How many flights did each carrier fly?"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the reader needs."""

    url: str
    key: str
    connection_id: str
    state: Path
    logs: Path
    database_networks: str
    webhook_networks: str
    seconds: float


def page(facts: Facts) -> str:
    """Returns the page: where it runs, a question to paste, where things lie, how to stop."""
    return f"""
Rowcall is ready ({facts.seconds:.0f} s).

  API       {facts.url}  (documentation at /docs)
  Key       {facts.key}
  Data      connection {facts.connection_id}: flights from New York City in 2013, SQLite

Ask (paste this into another terminal):

  KEY={facts.key}
  JOB=$(curl -sS {facts.url}/jobs -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
    -d '{{"kind": "chat", "input": {{"question": "{QUESTION}", "connection_id": "{facts.connection_id}"}}}}' \\
    | grep -o 'job_[0-9a-z]*' | head -n 1)
  curl -sS "{facts.url}/jobs/$JOB?wait=30" -H "Authorization: Bearer $KEY"

  Logs      {facts.logs}/<process>.log
  State     {facts.state}
  Private   databases {facts.database_networks}; webhook receivers {facts.webhook_networks}
            (ROWCALL_DATABASE_ALLOW_NETWORKS, ROWCALL_WEBHOOK_ALLOW_NETWORKS)
  Stop      Ctrl-C
"""
