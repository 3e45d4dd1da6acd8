"""Builds the parts from the platform and the settings: the one place that knows how they fit together."""

import secrets
import time
from datetime import timedelta

from rowcall_contracts.jobs import Job
from rowcall_contracts.resources import Collection, Connection, Document, Endpoint, Key, Workspace
from rowcall_contracts.settings import GatewaySettings
from rowcall_gateway.audit import Audit
from rowcall_gateway.auth import KEY_CACHE_CAPACITY, KEY_CACHE_S, Gate, require_bootstrap_key
from rowcall_gateway.connections.desk import ConnectionDesk
from rowcall_gateway.documents.desk import DocumentDesk
from rowcall_gateway.expiring import ExpiringCache
from rowcall_gateway.jobs.accept import Acceptance
from rowcall_gateway.jobs.cancel import Cancelling
from rowcall_gateway.jobs.erase import Erasing
from rowcall_gateway.jobs.following import Following
from rowcall_gateway.jobs.rows import JobRows
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.jobs.subjects import CONNECTION_CACHE_CAPACITY, CONNECTION_CACHE_S, Subjects
from rowcall_gateway.keys.desk import KeyDesk
from rowcall_gateway.limits import RateLimits
from rowcall_gateway.parts import Parts
from rowcall_gateway.resources import Resources
from rowcall_gateway.unfinished import UnfinishedJobs
from rowcall_gateway.waiting import Waiters
from rowcall_gateway.webhooks.deliveries import Deliveries
from rowcall_gateway.webhooks.desk import EndpointDesk
from rowcall_gateway.workspaces.desk import WorkspaceDesk
from rowcall_runtime.crypto import Sealer
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.work_store import WorkStore

KEY_BYTES = 32
AUDIT_MEMORY_S = 60.0
AUDIT_MEMORY_CAPACITY = 10_000


class Wiring:
    """Fits the gateway together, one noun after the other."""

    def __init__(self, platform: Platform, settings: GatewaySettings, waiters: Waiters) -> None:
        self._platform = platform
        self._settings = settings
        self._sealer = Sealer(settings.public_key)
        self._collection = platform.store.collection
        self._jobs = self._job_store()
        self._cancelling = self._cancelling_with(waiters)
        self._erasing = Erasing(jobs=self._jobs, cancelling=self._cancelling)
        self._following = Following(jobs=self._jobs, waiters=waiters)
        self._acceptance = self._accepting()
        self._audit = self._auditing()
        self._gate = self._guarding()

    def parts(self) -> Parts:
        """Returns everything the routes need."""
        return Parts(
            store=self._platform.store,
            verification=self._platform.verification,
            clock=self._platform.clock,
            metrics=self._platform.metrics,
            gate=self._gate,
            audit=self._audit,
            jobs=self._jobs,
            acceptance=self._acceptance,
            following=self._following,
            cancelling=self._cancelling,
            erasing=self._erasing,
            rows=JobRows(results=self._collection(Collection.RESULTS)),
            connections=self._connections(),
            documents=self._documents(),
            endpoints=self._endpoints(),
            deliveries=Deliveries(deliveries=self._collection(Collection.DELIVERIES)),
            workspaces=self._workspaces(),
            keys=self._keys(),
        )

    def _job_store(self) -> JobStore:
        platform = self._platform
        ttl = timedelta(seconds=self._settings.lease_ttl_s)
        work = WorkStore(self._collection(Collection.JOBS), Job, platform.clock, owner=platform.owner, lease_ttl=ttl)
        return JobStore(work=work, results=self._collection(Collection.RESULTS))

    def _cancelling_with(self, waiters: Waiters) -> Cancelling:
        platform = self._platform
        return Cancelling(
            jobs=self._jobs,
            bus=platform.bus,
            relay=platform.relay,
            waiters=waiters,
            clock=platform.clock,
            metrics=platform.metrics,
        )

    def _accepting(self) -> Acceptance:
        platform, settings = self._platform, self._settings
        subjects = Subjects(
            connections=self._collection(Collection.CONNECTIONS),
            documents=self._collection(Collection.DOCUMENTS),
            jobs=self._collection(Collection.JOBS),
            ready=ExpiringCache(
                seconds=CONNECTION_CACHE_S, capacity=CONNECTION_CACHE_CAPACITY, monotonic=time.monotonic
            ),
        )
        unfinished = UnfinishedJobs(
            jobs=self._collection(Collection.JOBS),
            spawn=platform.spawn,
            per_workspace=settings.max_unfinished_jobs,
            total=settings.max_unfinished_jobs_total,
        )
        return Acceptance(
            jobs=self._jobs,
            subjects=subjects,
            unfinished=unfinished,
            bus=platform.bus,
            clock=platform.clock,
            metrics=platform.metrics,
        )

    def _auditing(self) -> Audit:
        return Audit(
            rows=self._collection(Collection.AUDIT),
            clock=self._platform.clock,
            retention=timedelta(days=self._settings.retention_days),
            spawn=self._platform.spawn,
            noted=ExpiringCache(seconds=AUDIT_MEMORY_S, capacity=AUDIT_MEMORY_CAPACITY, monotonic=time.monotonic),
        )

    def _guarding(self) -> Gate:
        return Gate(
            store=self._platform.store,
            clock=self._platform.clock,
            audit=self._audit,
            rates=RateLimits(),
            bootstrap=require_bootstrap_key(self._settings.bootstrap_key),
            rate_per_minute=self._settings.rate_per_minute,
            known=ExpiringCache(seconds=KEY_CACHE_S, capacity=KEY_CACHE_CAPACITY, monotonic=time.monotonic),
        )

    def _connections(self) -> ConnectionDesk:
        repository = Repository(self._collection(Collection.CONNECTIONS), Connection)
        return ConnectionDesk(
            connections=Resources(repository=repository, clock=self._platform.clock, noun="connection"),
            catalogs=self._collection(Collection.CATALOG_TABLES),
            sealer=self._sealer,
            clock=self._platform.clock,
            acceptance=self._acceptance,
            following=self._following,
            erasing=self._erasing,
        )

    def _documents(self) -> DocumentDesk:
        repository = Repository(self._collection(Collection.DOCUMENTS), Document)
        return DocumentDesk(
            documents=Resources(repository=repository, clock=self._platform.clock, noun="document"),
            chunks=self._collection(Collection.CHUNKS),
            clock=self._platform.clock,
            acceptance=self._acceptance,
            following=self._following,
            cancelling=self._cancelling,
        )

    def _endpoints(self) -> EndpointDesk:
        repository = Repository(self._collection(Collection.ENDPOINTS), Endpoint)
        return EndpointDesk(
            endpoints=Resources(repository=repository, clock=self._platform.clock, noun="endpoint"),
            sealer=self._sealer,
            clock=self._platform.clock,
            allowed=self._settings.webhook_allow_networks,
            random_bytes=secrets.token_bytes,
        )

    def _workspaces(self) -> WorkspaceDesk:
        return WorkspaceDesk(
            workspaces=self._workspace_resources(),
            store=self._platform.store,
            clock=self._platform.clock,
            erasing=self._erasing,
        )

    def _keys(self) -> KeyDesk:
        repository = Repository(self._collection(Collection.KEYS), Key)
        return KeyDesk(
            keys=Resources(repository=repository, clock=self._platform.clock, noun="key", per_workspace=False),
            workspaces=self._workspace_resources(),
            gate=self._gate,
            clock=self._platform.clock,
            random_text=lambda: secrets.token_urlsafe(KEY_BYTES),
        )

    def _workspace_resources(self) -> Resources[Workspace]:
        repository = Repository(self._collection(Collection.WORKSPACES), Workspace)
        return Resources(repository=repository, clock=self._platform.clock, noun="workspace", per_workspace=False)
