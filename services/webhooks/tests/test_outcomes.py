"""What counts as success, and under which name an attempt is counted."""

import pytest

from rowcall_webhooks.outcomes import SendError, SendOutcome


@pytest.mark.parametrize(
    ("outcome", "succeeded", "label"),
    [
        (SendOutcome(status=200), True, "succeeded"),
        (SendOutcome(status=299), True, "succeeded"),
        (SendOutcome(status=302, error=SendError.REDIRECT), False, "redirect"),
        (SendOutcome(status=200, error=SendError.TIMEOUT), False, "timeout"),
        (SendOutcome(status=404), False, "status_4xx"),
        (SendOutcome(status=503), False, "status_5xx"),
        (SendOutcome(error=SendError.DNS), False, "dns_error"),
    ],
)
def test_only_a_complete_answer_2xx_is_success(outcome: SendOutcome, succeeded: bool, label: str) -> None:
    assert (outcome.succeeded, outcome.label) == (succeeded, label)
