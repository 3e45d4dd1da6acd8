"""Shares the tests between processes: a file is for one of them, and so is a folder of integration tests.

The tests of such a folder use one deployment; in several processes it would be started, and would idle, several times.
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

INTEGRATION = PurePosixPath("tests/integration")


class ByDeployment(LoadFileScheduling):  # type: ignore[misc]
    """Hands out whole files and, of integration tests, whole folders. pytest-xdist ships no types."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """Names what a test is handed out with: its folder or its file."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return str(file.parent if file.is_relative_to(INTEGRATION) else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByDeployment:
    """Takes the place of what `--dist` names."""
    return ByDeployment(config, log)
