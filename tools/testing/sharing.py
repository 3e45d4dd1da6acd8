"""Shares the tests between processes: a file is for one of them, and so is a folder whose tests use costly servers.

The tests of such a folder use one deployment or broker; in several processes it would be started several times.
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SERVED = (PurePosixPath("tests/integration"), PurePosixPath("libs/runtime/tests/on_kafka"))
"""Folders with servers of their own; so are the folders in them."""


class ByDeployment(LoadFileScheduling):  # type: ignore[misc]
    """Hands out whole files and, of `SERVED`, whole folders. pytest-xdist ships no types."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """Names what a test is handed out with: its folder or its file."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return str(file.parent if any(file.is_relative_to(folder) for folder in SERVED) else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByDeployment:
    """Takes the place of what `--dist` names."""
    return ByDeployment(config, log)
