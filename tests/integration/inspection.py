"""A direct look into the store, past all code under test, and what must hold of every document of work there."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from itertools import pairwise
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.database import Database

from rowcall_contracts.resources import Collection
from rowcall_contracts.work import TERMINAL, TRANSITIONS, HistoryEvent, State
from tests.integration.api import Body, eventually

TERMINAL_STATES = [state.value for state in TERMINAL]
LEASE_EVENTS = {HistoryEvent.LEASED, HistoryEvent.TAKEN_OVER}


class Inspection:
    """Reads one deployment's store."""

    def __init__(self, database: Database[Body]) -> None:
        self._database = database

    def job(self, job_id: str) -> Body:
        """Returns a job as it is stored."""
        found = self._database[Collection.JOBS].find_one({"_id": job_id})
        assert found is not None, f"{job_id} is not in the store"
        return found

    def jobs(self, job_ids: Sequence[str]) -> list[Body]:
        """Returns the jobs as they are stored; none may be missing."""
        found = list(self._database[Collection.JOBS].find({"_id": {"$in": list(job_ids)}}))
        assert len(found) == len(set(job_ids)), f"{len(found)} of {len(set(job_ids))} jobs are in the store"
        return found

    def insert_job(self, document: Body) -> None:
        """Puts a job there as another version of the gateway would have."""
        self._database[Collection.JOBS].insert_one(document)

    def count_jobs(self, **where: Any) -> int:
        """Counts jobs by fields."""
        return self._database[Collection.JOBS].count_documents(where)

    def unfinished(self, job_ids: Sequence[str]) -> list[str]:
        """Returns those of the jobs that have not ended."""
        return self._which(job_ids, state={"$nin": TERMINAL_STATES})

    def unpublished(self, job_ids: Sequence[str]) -> list[str]:
        """Returns those of the jobs whose events nobody has acknowledged yet."""
        return self._which(job_ids, outbox={"$ne": []})

    def chunk_count(self, document_id: str) -> int:
        """Counts the stored chunks of a document."""
        return self._database[Collection.CHUNKS].count_documents({"document_id": document_id})

    def delivery_about(self, job_id: str) -> Body | None:
        """Returns the delivery of a job's event as it is stored, if there is one."""
        deliveries = self._database[Collection.DELIVERIES].find({})
        return next((each for each in deliveries if json.loads(each["body"])["data"]["job_id"] == job_id), None)

    @contextmanager
    def profiled(self) -> Iterator[list[Body]]:
        """Has the store write down what it is asked; the list holds the commands once the block ends."""
        found: list[Body] = []
        self._database.command("profile", 2)
        try:
            yield found
        finally:
            self._database.command("profile", 0)
            found.extend(self._database["system.profile"].find())

    def holder(self, job_id: str, step: str) -> str:
        """Waits until somebody holds the lease of a job at a step, and returns the owner."""

        def owner() -> str | None:
            job = self.job(job_id)
            assert job["state"] not in TERMINAL_STATES, f"it ended before anybody held a lease: {job}"
            return str(job["lease"]["owner"]) if job.get("lease") and job["step"] == step else None

        return str(eventually(owner))

    def _which(self, job_ids: Sequence[str], **where: Any) -> list[str]:
        """Picks the ids here: a filter with a thousand of them keeps the development store busy for a second."""
        found = {job["_id"] for job in self._database[Collection.JOBS].find(where, {"_id": 1})}
        return [job_id for job_id in job_ids if job_id in found]


@contextmanager
def inspecting(url: str) -> Iterator[Inspection]:
    """Opens the store until the block ends."""
    options: CodecOptions[Body] = CodecOptions(tz_aware=True, tzinfo=UTC)
    client: MongoClient[Body] = MongoClient(url, serverSelectionTimeoutMS=20_000)
    try:
        yield Inspection(client.get_default_database(codec_options=options))
    finally:
        client.close()


def pid_of(owner: str) -> int:
    """Reads the process out of `service@host:pid:random`."""
    return int(owner.rsplit(":", 2)[1])


def require_ended_once(work: Body) -> None:
    """Asserts that versions are gapless from 1, moves are legal, and exactly one entry, the last, is the end."""
    history = work["history"]
    assert [entry["version"] for entry in history] == list(range(1, work["version"] + 1)), history
    assert work["state"] in TERMINAL_STATES, work
    assert not work.get("lease"), work["lease"]
    states = [_state_after(entry, work) for entry in history]
    assert all(after in TRANSITIONS[before] for before, after in pairwise(states)), states
    assert [state in TERMINAL for state in states].count(True) == 1, states


def require_taken_over(work: Body, step: str, killed: str) -> str:
    """Asserts that `killed` held the step and that somebody else took it over from there; returns that one."""
    history = work["history"]
    held = [entry for entry in history if entry.get("owner") == killed and entry["step"] == step]
    assert held, f"{killed} never held `{step}`: {history}"
    assert held[-1]["event"] in LEASE_EVENTS, f"the killed owner wrote more than its lease: {history}"
    following = history[history.index(held[-1]) + 1]
    assert (following["event"], following["step"]) == (HistoryEvent.TAKEN_OVER, step), history
    assert following["owner"] != killed, history
    return str(following["owner"])


def _state_after(entry: Body, work: Body) -> State:
    """Says which state an entry brought about; only the last one can be the terminal state of the document."""
    if entry["version"] == work["version"]:
        return State(work["state"])
    match HistoryEvent(entry["event"]):
        case HistoryEvent.ACCEPTED:
            return State.QUEUED
        case HistoryEvent.RETRY:
            return State.RETRY_WAIT
        case HistoryEvent.FAILED:
            return State.FAILED
        case HistoryEvent.CANCELLED:
            return State.CANCELLED
        case _:
            return State.RUNNING
