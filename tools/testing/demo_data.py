"""The demo data that tests read: made once, for whichever process asks first."""

import fcntl
import os
from pathlib import Path

import pytest

from tools.local.demo import ensure_demo


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data as a SQLite file that no test changes."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # https://pytest-xdist.readthedocs.io/en/stable/how-to.html
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_demo(folder / "demo" / "flights.sqlite")
