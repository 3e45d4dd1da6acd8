"""Builds the parts from the platform and the settings: the one place that knows how they fit together."""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from rowcall_contracts.jobs import Job
from rowcall_contracts.resources import Collection, Connection, Document, Endpoint, Key, Workspace
from rowcall_contracts.settings import GatewaySettings
from rowcall_runtime.crypto import Sealer
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.work_store import WorkStore

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

KEY_BYTES = 32
AUDIT_MEMORY_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Fits the gateway together, one noun after the other."""

    platform: Platform
    settings: GatewaySettings
    waiters: Waiters

    def parts(self) -> Parts:
        """Returns everything the routes need.

        Raises:
            BadKey, BadBootstrapKey: a setting is not what it must be.
        """
        ...
