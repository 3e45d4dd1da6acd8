"""What came of one attempt."""

from dataclasses import dataclass
from enum import StrEnum


class SendError(StrEnum):
    """Why an attempt has no complete, final answer. A status that is no success stands in `status` instead."""

    DNS = "dns_error"  # the name leads to no address
    ADDRESS_REFUSED = "address_refused"  # it leads to addresses that may not be called
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_RESET = "connection_reset"  # ended by the receiver before the answer was complete
    UNREACHABLE = "network_unreachable"
    TLS = "tls_error"  # no common protocol, or a certificate that is not trusted
    TIMEOUT = "timeout"  # no complete answer within the deadline
    REDIRECT = "redirect"  # an answer 3xx; never followed
    INVALID_ANSWER = "invalid_answer"  # not HTTP, or headers above the limits
    INVALID_URL = "invalid_url"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class SendOutcome:
    """One attempt. `answer` holds the beginning of the body, `retry_after` the header as it came.

    With `error` set and a 2xx `status`, the answer began well and never ended: RFC 9112 §8 calls it incomplete, and
    sending again is safe because the receiver knows the id.
    """

    status: int | None = None
    error: SendError | None = None
    answer: str = ""
    retry_after: str | None = None
    duration_ms: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether the endpoint took the event: a complete answer 2xx and nothing else (Standard Webhooks 1.0.0)."""
        return self.error is None and self.status is not None and 200 <= self.status <= 299

    @property
    def label(self) -> str:
        """A word of a small fixed set, for metrics: `succeeded`, an error, or `status_4xx`."""
        if self.succeeded:
            return "succeeded"
        return self.error.value if self.error else f"status_{(self.status or 0) // 100}xx"
